"""A type's form, filled in as a browser would send it."""

from typing import Any

from django.utils.module_loading import import_string

from crm.access.actor import Actor
from crm.records.forms import as_sent
from crm.registry.declaration import RecordType


def form_for(record_type: RecordType, actor: Actor, record: Any = None, **given: Any) -> Any:
    return import_string(record_type.form)(actor=actor, instance=record, **given)


def sent(form: Any) -> dict[str, Any]:
    """What a browser would post from a form as it stands; lists where several are chosen."""
    return {
        name: values if len(values) > 1 else values[0]
        for name, values in as_sent(form).lists()
        if values
    }


def sent_as(record_type: RecordType, actor: Actor, record: Any) -> dict[str, Any]:
    """What a new form would send that is filled in like this record."""
    fresh = form_for(record_type, actor)
    alike = {name: getattr(record, name, None) for name in fresh.fields}
    return {
        **sent(form_for(record_type, actor, initial=alike)),
        **sent(form_for(record_type, actor, record)),
    }
