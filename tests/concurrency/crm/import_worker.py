"""A worker of imports as a process of its own, to be killed at any moment.

Started by tests with the database in its environment and the job's key as its argument.
"""

import sys

import django

django.setup()

from crm.access.actor import Actor  # noqa: E402
from crm.exchange.imports.services import run_import  # noqa: E402
from crm.models import ImportJob  # noqa: E402


def main(job_id: int) -> None:
    job = ImportJob.objects.select_related("created_by").get(pk=job_id)
    run_import(actor=Actor(user=job.created_by), job_id=job_id)


if __name__ == "__main__":
    main(int(sys.argv[1]))
