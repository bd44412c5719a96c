"""What ruff, mypy and the like cannot know about this code. Run all with `make check`."""
