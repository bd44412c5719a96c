"""The servers the benchmark uses: those of the environment, else embedded ones kept in CRM_HOME."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from crm.launch.children import stop
from crm.launch.postgres import EmbeddedPostgres
from crm.launch.valkey import EmbeddedValkey


@contextmanager
def bench_servers() -> Iterator[Callable[[str], str]]:
    """Gives the address of a database by its name; REDIS_URL is set on the way."""
    home = Path(os.environ["CRM_HOME"]) / "bench"
    with ExitStack() as started:
        address = partial(named, os.environ.get("DATABASE_URL", ""))
        if not os.environ.get("DATABASE_URL"):
            postgres = EmbeddedPostgres(home)
            postgres.start()
            started.callback(lambda: stop(postgres.child))
            address = postgres.url
        if not os.environ.get("REDIS_URL"):
            valkey = EmbeddedValkey(home, durable=False)
            valkey.start()
            started.callback(lambda: stop(valkey.child))
            os.environ["REDIS_URL"] = valkey.url()
        yield address


def named(url: str, database: str) -> str:
    """The address of another database on the same server."""
    return urlsplit(url)._replace(path=f"/{database}").geturl()
