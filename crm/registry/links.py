"""Addresses of record pages, by type key and id. Slugs never change with renaming."""

from typing import TYPE_CHECKING

from django.urls import get_script_prefix, get_urlconf, reverse

from crm.registry.declaration import RecordType
from crm.registry.derived import derived
from crm.registry.registry import registry

if TYPE_CHECKING:
    from crm.models import Record

# What may follow /<slug>/<id>/ beside the actions of the type.
BUILT_IN_SEGMENTS = frozenset(
    {"edit", "cell", "delete", "assign", "compose", "timeline", "files", "share", "restore"}
    | {"merge", "move"}
)


class RecordTypeConverter:
    """Puts a RecordType into the view for a slug, and a type or key back into the address."""

    regex = "[a-z][a-z-]*"

    def to_python(self, value: str) -> RecordType:
        try:
            return registry.by_slug(value)
        except KeyError as error:
            raise ValueError(value) from error

    def to_url(self, value: RecordType | str) -> str:
        return registry.get(value).slug if isinstance(value, str) else value.slug


def list_url(type_key: str) -> str:
    return _address(registry.get(type_key), get_urlconf(), get_script_prefix(), "records:list")


def new_url(type_key: str) -> str:
    return _address(registry.get(type_key), get_urlconf(), get_script_prefix(), "records:new")


@derived
def _address(record_type: RecordType, urlconf: str | None, prefix: str, name: str) -> str:
    return reverse(name, args=[record_type])


def record_url(record: "Record") -> str:
    return url_of(record.type_key(), record.pk)


def url_of(type_key: str, record_id: int) -> str:
    before_id = _before_id(registry.get(type_key), get_urlconf(), get_script_prefix())
    return f"{before_id}{record_id}/"


@derived
def _before_id(record_type: RecordType, urlconf: str | None, prefix: str) -> str:
    """What the addresses of all records of a type begin with; a list shows a hundred of them."""
    return reverse("records:record", args=[record_type, 0]).removesuffix("0/")


def action_url(record: "Record", action: str) -> str:
    return f"{record_url(record)}{action}/"
