import os
import sys
from typing import Any

from celery import Celery
from celery.signals import (
    before_task_publish,
    heartbeat_sent,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_ready,
    worker_shutdown,
)
from django.core.exceptions import ImproperlyConfigured

# Who starts without naming settings gets those of production; `make run` asks whether they were.
SETTINGS_NAMED = "DJANGO_SETTINGS_MODULE" in os.environ
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


@setup_logging.connect
def leave_logging_alone(**_: object) -> None:
    """The settings say how to log, here as everywhere. That this is connected keeps Celery off."""


@before_task_publish.connect
def hand_on_request_id(headers: dict[str, Any] | None = None, **_: object) -> None:
    """A task goes on under the id of the request that enqueued it."""
    from crm.runtime import work

    if headers is not None and work.request_id():
        headers.setdefault("crm_request", work.request_id())


@task_prerun.connect
def begin_work(task: Any = None, task_id: str = "", **_: object) -> None:
    from crm.runtime import work

    given = getattr(task.request, "crm_request", None)
    work.begin_work(work.Work(given or task_id[:16], route=task.name))


@task_postrun.connect
def end_work(task: Any = None, state: str = "", **_: object) -> None:
    from crm.runtime import work
    from crm.runtime.logs import log_task

    log_task(task, state)
    work.begin_work(None)


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
