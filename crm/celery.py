import os
import sys

from celery import Celery
from celery.signals import (
    heartbeat_sent,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_ready,
    worker_shutdown,
)
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings.production")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()  # `tasks` of every app
app.autodiscover_tasks(  # `tasks` of the kernel's packages, none of which is an app
    [
        "crm.activities",
        "crm.exchange.imports",
        "crm.frame",
        "crm.notifications",
        "crm.records.bulk",
        "crm.records.history",
    ]
)

# This module is imported with the package itself, before Django's apps are loaded; hence the
# imports inside the functions below.


@worker_init.connect
def refuse_wrong_declarations(**_: object) -> None:
    """A worker heeds no system checks. Raises SystemExit, with every problem: Celery goes on after
    any other exception of a signal's receiver."""
    from crm.extensions import checks

    try:
        checks.refuse_wrong_declarations()
    except ImproperlyConfigured as error:
        sys.exit(str(error))


@worker_process_init.connect
def limit_tasks(**_: object) -> None:
    from crm.runtime import time_limits

    time_limits.limit_tasks()


@task_prerun.connect
def reset_cache_versions(**_: object) -> None:
    """A task reads the settings that are in force when it starts, as a request does."""
    from crm.runtime import cache_versions

    cache_versions.reset_cache_versions()


@worker_ready.connect
@heartbeat_sent.connect
def note_worker_alive(**_: object) -> None:
    from crm.runtime import health

    health.note_worker_alive()


@worker_shutdown.connect
def note_worker_gone(**_: object) -> None:
    from crm.runtime import health

    health.note_worker_gone()
