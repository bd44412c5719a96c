"""Pages of their own: members of lists, the steps of a mailing, unsubscribing."""
