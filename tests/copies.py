"""Other databases of the test server, and this process working in one of them."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, connections
from psycopg import sql

from crm.runtime.cache_versions import reset_cache_versions
from crm.runtime.process_cache import clear_process_caches
from tests.servers import address_of


@contextmanager
def new_database(template: str = "template0") -> Iterator[str]:
    """A database of its own for the time being: empty, or a copy of another."""
    name = f"copy_{uuid.uuid4().hex[:12]}"
    connections.close_all()
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:
        # A template may have no other session; threads of a live server leave some behind.
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [template],
        )
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield name
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def working_in(name: str) -> Iterator[None]:
    """Everything this process asks, it asks that database."""
    own = connection.settings_dict["NAME"]
    _move_to(name)
    try:
        yield
    finally:
        _move_to(own)


def _move_to(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name
    clear_process_caches()
    reset_cache_versions()
