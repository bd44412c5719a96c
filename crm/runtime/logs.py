"""How the log is written where machines read it, and what it says of tasks."""

import logging
from typing import Any

import structlog

from crm.runtime.work import current_work

LONG = 1000.0  # milliseconds

tasks = logging.getLogger("crm.tasks")


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line, with what `extra` and `crm.runtime.work` add."""

    def __init__(self, *_args: Any, **_options: Any) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )


def log_task(task: Any, state: str) -> None:
    """What somebody asked for, took long or failed; a sweep that found nothing only in DEBUG."""
    work = current_work()
    if work is None:
        return
    was_asked_for = getattr(task.request, "crm_request", None)
    matters = was_asked_for or state != "SUCCESS" or work.milliseconds > LONG
    tasks.log(
        logging.INFO if matters else logging.DEBUG,
        "%s %s in %s ms",
        task.name,
        state,
        work.milliseconds,
        extra={"duration_ms": work.milliseconds, "state": state},
    )
