"""A copy of the data sends nothing until an administrator says so.

The database knows which installation it belongs to: the identity of the server and of the database
in it, which every restored or cloned database has another of, and a fingerprint of SECRET_KEY,
which tells apart copies of whole disks as long as each installation has a key of its own. While
what it knows differs from where it is, mail is held: what waits stays waiting.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from crm import clock
from crm.models import Installation
from crm.runtime.cache_versions import cache_version
from crm.runtime.process_cache import ProcessCache

SALT = "crm.mail.holding"
_IDENTITY = """
SELECT concat(system_identifier, '/', (SELECT oid FROM pg_database WHERE datname = current_database()))
FROM pg_control_system()
"""  # noqa: E501

_held: ProcessCache[bool] = ProcessCache(size=8)


@dataclass(frozen=True)
class Identity:
    """Where this process finds itself."""

    database: str
    secrets: tuple[str, ...]  # of the key in force, then of former ones

    @property
    def row(self) -> dict[str, Any]:
        return {"database": self.database, "secret": self.secrets[0], "since": clock.now()}


def identity() -> Identity:
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITY)
        (database,) = cursor.fetchone()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return Identity(str(database), tuple(map(_fingerprint, keys)))


def _fingerprint(key: str | bytes) -> str:
    return salted_hmac(SALT, "", secret=key, algorithm="sha256").hexdigest()


def mail_is_held() -> bool:
    """Whether the data belong to another installation. Two queries; senders ask once a run.

    Data that belong to none yet hold as well: every `migrate` names one.
    """
    here, known = identity(), Installation.objects.first()
    return known is None or known.database != here.database or known.secret not in here.secrets


def mail_is_held_cached() -> bool:
    """As `mail_is_held`, for what pages say: as of the last release in this process."""
    key = (cache_version("installation"), connection.settings_dict["NAME"], settings.SECRET_KEY)
    return _held.get(key, mail_is_held)


def belong_here() -> None:
    """From now on the data belong to this installation, and mail leaves it."""
    Installation.objects.update_or_create(pk=1, defaults=identity().row)


def install_identity(**_: object) -> None:
    """Receiver of `post_migrate`: the first installation of the data is where they were made.

    Where the key was changed and the former one is still honoured, the new one is noted.
    """
    here, known = identity(), Installation.objects.first()
    if known is None:
        Installation.objects.create(pk=1, **here.row)
    elif known.database == here.database and known.secret in here.secrets[1:]:
        belong_here()
