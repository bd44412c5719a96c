"""A type's form, filled in as a browser would send it."""

from typing import Any

from django.utils.module_loading import import_string

from crm.access.actor import Actor
from crm.registry.declaration import RecordType


def form_for(record_type: RecordType, actor: Actor, record: Any = None, **given: Any) -> Any:
    return import_string(record_type.form)(actor=actor, instance=record, **given)


def sent(form: Any) -> dict[str, Any]:
    """What a browser would post from a form as it stands."""
    data = {}
    for bound in form:
        value = bound.value()
        if value is None or value is False or value == []:
            continue
        if value is True:
            data[bound.html_name] = "on"
        elif isinstance(value, list):
            data[bound.html_name] = [str(one) for one in value]
        else:
            widget = bound.field.widget
            shown = widget.format_value(value)
            data[bound.html_name] = shown if isinstance(shown, str) else str(value)
    return data


def sent_as(record_type: RecordType, actor: Actor, record: Any) -> dict[str, Any]:
    """What a new form would send that is filled in like this record."""
    fresh = form_for(record_type, actor)
    alike = {name: getattr(record, name, None) for name in fresh.fields}
    return {
        **sent(form_for(record_type, actor, initial=alike)),
        **sent(form_for(record_type, actor, record)),
    }
