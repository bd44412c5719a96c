"""Names come from the administrators' rows, else from the model's own verbose names.

The rows are read once per process and value of the cache version 'labels', so a renaming shows
at the next request of every process.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import get_language

from crm.models import FieldLabel, RecordTypeLabel
from crm.runtime.cache_versions import cache_version

_original: dict[str, tuple[Any, Any]] = {}
_original_fields: dict[tuple[str, str], Any] = {}


@dataclass
class _Given:
    version: int = -1
    types: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    fields: dict[tuple[str, str, str], str] = field(default_factory=dict)


_given = [_Given()]


def _current() -> _Given:
    version = cache_version("labels")
    if _given[0].version != version:
        _given[0] = _read(version) if version else _Given(version)
    return _given[0]


def _read(version: int) -> _Given:
    given = _Given(version=version)
    for row in RecordTypeLabel.objects.all():
        given.types[row.record_type_id, row.language] = (row.singular, row.plural)
    for label in FieldLabel.objects.all():
        given.fields[label.record_type_id, label.field, label.language] = label.label
    return given


def _language() -> str:
    return (get_language() or "en").split("-")[0]


def singular(type_key: str) -> str:
    """The name of one record of the type, capitalised: 'Account'."""
    names = _current().types.get((type_key, _language()))
    return names[0] if names else capfirst(str(_original[type_key][0]))


def plural(type_key: str) -> str:
    """The name of several records of the type, capitalised: 'Accounts'."""
    names = _current().types.get((type_key, _language()))
    return names[1] if names else capfirst(str(_original[type_key][1]))


def original(type_key: str) -> tuple[str, str]:
    """What one and several records were called before anybody named them."""
    one, many = _original[type_key]
    return capfirst(str(one)), capfirst(str(many))


def in_text(name: str) -> str:
    """A name inside a sentence: 'Account' -> 'account', but 'VIP' and 'iPad' stay."""
    return name[:1].lower() + name[1:] if name[1:2].islower() or len(name) == 1 else name


def with_names(sentence: Any, type_key: str, **more: Any) -> str:
    """Fills %(Type)s, %(Types)s, %(type)s and %(types)s in a translated sentence, and `more`."""
    one, many = singular(type_key), plural(type_key)
    return str(sentence) % {
        "Type": one,
        "Types": many,
        "type": in_text(one),
        "types": in_text(many),
        **more,
    }


def field_label(type_key: str, name: str) -> str:
    """The label of a field, capitalised. A link to another type is called by that type's name."""
    given = _current().fields.get((type_key, name, _language()))
    if given:
        return given
    original = _original_fields.get((type_key, name))
    return capfirst(str(original)) if original is not None else capfirst(name.replace("_", " "))


def _lazily(function: Any) -> Any:
    return lazy(function, str)


singular_lazy = _lazily(singular)
plural_lazy = _lazily(plural)
field_label_lazy = _lazily(field_label)


def install(record_types: Any) -> None:
    """Puts live names on the models, so that forms, messages and Django admin use them.

    The originals stay in `_meta.original_attrs` and `Field._verbose_name`, which is what
    migrations look at.
    """
    for record_type in record_types:
        meta, key = record_type.model._meta, record_type.key
        _original[key] = (meta.verbose_name, meta.verbose_name_plural)
        meta.verbose_name = singular_lazy(key)
        meta.verbose_name_plural = plural_lazy(key)
    for record_type in record_types:
        _install_fields(record_type.model, record_type.key)


def _install_fields(model: Any, key: str) -> None:
    for field_ in model._meta.get_fields():
        if not hasattr(field_, "verbose_name") or field_.auto_created:
            continue
        _original_fields[key, field_.name] = _original_name(field_)
        field_.verbose_name = field_label_lazy(key, field_.name)


def _original_name(field_: Any) -> Any:
    """A link whose label was not written by hand is called as the type it points to."""
    target: Any = getattr(field_, "related_model", None)
    written = field_._verbose_name
    if written is None and hasattr(target, "type_key") and target.type_key() in _original:
        return singular_lazy(target.type_key())
    if written is None:
        return field_.name.replace("_", " ")
    return written


def has_name(field_: Any) -> bool:
    """Whether people have a name for the field: a column that has none is there for the code."""
    target: Any = getattr(field_, "related_model", None)
    return field_._verbose_name is not None or target is not None
