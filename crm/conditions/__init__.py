"""The one condition engine: what lists, saved views and rules narrow records by."""
