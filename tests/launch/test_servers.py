"""The servers the environment names: too old, wrong addresses."""

from contextlib import nullcontext
from types import SimpleNamespace

import psycopg
import pytest

from crm.launch import servers
from crm.launch.faults import LaunchError

URL = "postgresql://crm:secret@db.example.com:5433/crm"


def server_of_version(number: int):
    connection = SimpleNamespace(info=SimpleNamespace(server_version=number))
    return lambda *_, **__: nullcontext(connection)


def test_postgresql_14_is_too_old(monkeypatch):
    monkeypatch.setattr(psycopg, "connect", server_of_version(140012))
    with pytest.raises(LaunchError) as caught:
        servers.check_postgres(URL)
    assert str(caught.value) == (
        "DATABASE_URL: PostgreSQL at db.example.com:5433 is version 14; 15 or later is needed."
    )


def test_postgresql_15_will_do(monkeypatch):
    monkeypatch.setattr(psycopg, "connect", server_of_version(150000))
    servers.check_postgres(URL)


@pytest.mark.parametrize("url", ["mysql", "postgresql://[::1"])
def test_what_is_no_database_url_is_refused_without_repeating_it(url):
    with pytest.raises(LaunchError, match="DATABASE_URL is not a URL like postgresql://"):
        servers.check_postgres(url)


def test_what_is_no_redis_url_is_refused():
    with pytest.raises(LaunchError, match="REDIS_URL is not a URL like redis://"):
        servers.check_redis("localhost")
