"""What a start asks of the application itself: its schema, its demo company, its processes."""

import sys
from collections.abc import Iterator
from pathlib import Path

from launch.children import Command

ROOT = Path(__file__).resolve().parents[1]
MANAGE = (sys.executable, str(ROOT / "manage.py"))
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


def knows_command(name: str) -> bool:
    from django.core.management import get_commands

    return name in get_commands()


def let_go_of_the_database() -> None:
    from django.db import connections

    connections.close_all()


def services(*, address: str, port: int, home: Path) -> Iterator[Command]:
    logs = home / "logs"
    python = (sys.executable, "-m")
    yield Command(
        name="The web server",
        arguments=[
            *(*python, "gunicorn", "crm.wsgi:application", "--bind", f"{address}:{port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"),
            *("--no-control-socket", "--graceful-timeout", "8", "--access-logfile", "-"),
        ],
        log=logs / "web.log",
    )
    yield Command(
        name="The Celery worker",
        arguments=[
            *(*python, "celery", "--app", "crm", "worker", "--concurrency", "2"),
            *("--without-gossip", "--without-mingle", "--loglevel", "INFO"),
        ],
        log=logs / "worker.log",
    )
    yield Command(
        name="The scheduler",
        arguments=[
            *(*python, "celery", "--app", "crm", "beat", "--loglevel", "INFO"),
            *("--schedule", str(home / "beat-schedule"), "--pidfile", ""),
        ],
        log=logs / "scheduler.log",
    )
