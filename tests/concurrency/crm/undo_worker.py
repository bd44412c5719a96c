"""A worker of undos as a process of its own, to be killed at any moment."""

import sys

import django

django.setup()

from crm.records.history.undo_jobs import work_on_undo  # noqa: E402

if __name__ == "__main__":
    work_on_undo(int(sys.argv[1]))
