"""PostgreSQL and Valkey for the tests: those of the environment, else embedded ones of their own.

The process that starts pytest starts them; workers of pytest-xdist find them in the environment.
"""

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import environ
import pytest
from django.conf import settings

from crm.launch.children import stop
from crm.launch.postgres import THROW_AWAY, EmbeddedPostgres
from crm.launch.valkey import EmbeddedValkey

SERVERS = pytest.StashKey[list[EmbeddedPostgres | EmbeddedValkey]]()
HOME = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if not missing:
        return
    config.stash[SERVERS] = []
    config.stash[HOME] = home = Path(tempfile.mkdtemp(prefix="crm-tests-"))
    if "DATABASE_URL" in missing:
        postgres = EmbeddedPostgres(home, settings=THROW_AWAY)
        postgres.start()
        config.stash[SERVERS].append(postgres)
        use_database(postgres.url("postgres"))
    if "REDIS_URL" in missing:
        valkey = EmbeddedValkey(home, durable=False)
        valkey.start()
        config.stash[SERVERS].append(valkey)
        os.environ["REDIS_URL"] = settings.REDIS_URL = valkey.url()


def use_database(url: str) -> None:
    """The settings were read before: change them in place, as nothing has connected yet."""
    os.environ["DATABASE_URL"] = url
    known = environ.Env.db_url_config(url)
    options = {**settings.DATABASES["default"]["OPTIONS"], **known.get("OPTIONS", {})}
    settings.DATABASES["default"].update({**known, "OPTIONS": options})


def address_of(database: str) -> str:
    """DATABASE_URL for a process of its own: another database of the server the tests use."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def pytest_unconfigure(config: pytest.Config) -> None:
    for server in config.stash.get(SERVERS, []):
        stop(server.child)
    if HOME in config.stash:
        shutil.rmtree(config.stash[HOME], ignore_errors=True)
