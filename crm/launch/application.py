"""What a start asks of the application itself: its schema, its demo company, its processes."""

import gc
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANAGE = (sys.executable, str(ROOT / "manage.py"))
WEB_SERVER = {
    "worker_class": "gthread",
    "workers": 2,
    "threads": 4,
    "preload_app": True,
    "control_socket_disable": True,
    "graceful_timeout": 8,
}
DEMO_USERS = ("rep", "rep2", "agent", "marketer", "manager", "admin")


def set_up() -> None:
    import django

    django.setup()


def has_unapplied_migrations() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def has_users() -> bool:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.exists()


def demo_users() -> list[str]:
    from django.contrib.auth import get_user_model

    known = set(
        get_user_model()
        .objects.filter(username__in=DEMO_USERS, is_active=True)
        .values_list("username", flat=True)
    )
    return [name for name in DEMO_USERS if name in known]


def let_go_of_the_database() -> None:
    from django.db import connections

    connections.close_all()


@dataclass(frozen=True)
class Service:
    name: str
    log: str
    work: Callable[[], None]


def services(*, address: str, port: int, home: Path) -> tuple[Service, ...]:
    return (
        Service("The Celery worker", "worker.log", work_off_tasks),
        Service("The web server", "web.log", partial(serve, f"{address}:{port}")),
        Service("The scheduler", "scheduler.log", partial(schedule, home / "beat-schedule")),
    )


def load_services() -> None:
    """Import now what every service would otherwise import for itself after the fork."""
    import celery.apps.worker
    import celery.bin.celery
    import celery.worker.consumer  # noqa: F401
    import gunicorn.arbiter
    import gunicorn.workers.gthread  # noqa: F401
    import kombu.transport.redis  # noqa: F401
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    gc.freeze()


def serve(bind: str) -> None:
    from gunicorn.app.base import BaseApplication

    class WebServer(BaseApplication):
        def load_config(self) -> None:
            for key, value in WEB_SERVER.items():
                self.cfg.set(key, value)
            self.cfg.set("bind", bind)

        def load(self) -> object:
            from crm.wsgi import application

            return application

    WebServer().run()


def work_off_tasks() -> None:
    from crm.celery import app

    app.worker_main(
        ["worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
    )


def schedule(memory: Path) -> None:
    from crm.celery import app

    app.start(["beat", f"--schedule={memory}", "--pidfile=", "--loglevel=INFO"])
