"""Documents on paper: what stands on them (`page`) and how they become a file (`renderer`)."""
