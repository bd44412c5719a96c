"""Brings a record to where a verb is offered, and fills in the verb's dialog, for any type."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import Error, models, transaction
from django.utils.module_loading import import_string

from crm.access.actor import Actor
from crm.models import Principal, User
from crm.records.lists.lookups import RecordChoiceField
from crm.registry.declaration import Action, RecordType
from tests.contract.building import make_record
from tests.contract.ready import ANSWERS, READY


def offered_record(record_type: RecordType, action: Action, owner: User, actor: Actor) -> Any:
    """A record on whose page the verb is offered: as READY makes it, else found by trying values
    of its plain fields."""
    make = READY.get((record_type.key, action.key))
    if make is not None:
        record = record_type.model._base_manager.get(pk=make(owner, actor).pk)
        assert is_offered(action, record)
        return record
    links = dict(_links(record_type, owner))
    record = make_record(record_type.model, owner, **links)
    for values in _changes(record_type):
        if is_offered(action, record) or _becomes_offered(action, record, values):
            return record
    raise LookupError(f"{record_type.key} {action.key} is offered in no state that was tried")


def is_offered(action: Action, record: Any) -> bool:
    is_fit = not action.states or record.state in action.states
    return is_fit and (action.is_shown is None or action.is_shown(record))


def _links(record_type: RecordType, owner: Principal) -> Iterator[tuple[str, Any]]:
    """A customer and a queue: what verbs ask for that forms do not."""
    for name in ("account", "queue"):
        try:
            field = record_type.model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        yield name, make_record(field.related_model, owner, "Linked One")


def _changes(record_type: RecordType) -> Iterator[dict[str, Any]]:
    """Nothing, then each value of each choice, link to a user and yes or no, alone and with each
    state."""
    yield {}
    fields = record_type.model._meta.concrete_fields
    single = [(field.name, value) for field in fields for value in _values(field)]
    states = [value for name, value in single if name == "state"]
    for name, value in single:
        yield {name: value}
        for state in states:
            yield {"state": state, name: value}


def _values(field: Any) -> list[Any]:
    if isinstance(field, models.BooleanField):
        return [True, False]
    if field.name == "worker":
        return ["owner"]
    return [value for value, _label in field.flatchoices] if field.choices else []


def _becomes_offered(action: Action, record: Any, values: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            given = {k: record.owner if v == "owner" else v for k, v in values.items()}
            type(record)._base_manager.filter(pk=record.pk).update(**given)
            record.refresh_from_db()
            if not is_offered(action, record):
                raise _NotOffered
    except (Error, _NotOffered):
        record.refresh_from_db()
        return False
    return True


class _NotOffered(Exception):
    pass


def filled_dialog(action: Action, actor: Actor, record: Any) -> dict[str, Any]:
    """What somebody posts who fills in the dialog: what stands there, what it requires, ANSWERS."""
    if not action.form:
        return {}
    form_class = import_string(action.form)
    form = form_class(actor=actor, record=record, initial=form_class.initial_for(actor, record))
    data = {}
    for bound in form:
        value = bound.value()
        if value in (None, "", []) and bound.field.required:
            value = _answer(bound.field, actor, record)
        if value not in (None, "", [], False):
            data[bound.html_name] = _as_posted(bound, value)
    more = ANSWERS.get((record.type_key(), action.key))
    return data | (more(record.owner, record) if more else {})


def _answer(field: Any, actor: Actor, record: Any) -> Any:
    if isinstance(field, RecordChoiceField):
        return actor.id if field.model is Principal else make_record(field.model, record.owner).pk
    if isinstance(field, forms.ChoiceField):
        values = [value for value, _label in field.choices if value]
        return values[-1]
    if isinstance(field, forms.DateTimeField):
        return "2030-03-01T09:30"
    if isinstance(field, forms.DateField):
        return "2030-03-01"
    return "1" if isinstance(field, forms.IntegerField) else "Some words"


def _as_posted(bound: Any, value: Any) -> Any:
    if value is True:
        return "on"
    if isinstance(value, list):
        return [str(one) for one in value]
    shown = bound.field.widget.format_value(getattr(value, "pk", value))
    return shown if isinstance(shown, str) else str(getattr(value, "pk", value))


class Forms(HTMLParser):
    """The forms of a page that post, as a browser would send them with no button pressed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self._fields: dict[str, list[str]] | None = None
        self._select = self._textarea = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._fields = {}
            if told.get("method", "").lower() == "post":
                self.found.append((told.get("action", ""), self._fields))
        elif self._fields is not None:
            self._take(tag, told)

    def _take(self, tag: str, told: dict[str, str]) -> None:
        assert self._fields is not None
        name = told.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in told:
            self._fields.setdefault(self._select, []).append(told.get("value", ""))
        elif tag == "textarea":
            self._textarea = name
            self._fields.setdefault(name, []).append("")
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            is_box = told.get("type") in ("radio", "checkbox")
            if not is_box or "checked" in told:
                self._fields.setdefault(name, []).append(told.get("value", "on" if is_box else ""))

    def handle_data(self, data: str) -> None:
        if self._textarea and self._fields is not None:
            self._fields[self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""


def posted_by(page: str, address: str, *, shown_at: str = "") -> dict[str, list[str]]:
    """The fields of the page's one form that posts to this address (without its query).

    A form without an address posts to the page's own, `shown_at`.
    """
    forms = [
        fields
        for action, fields in Forms(page).found
        if (action.split("?")[0] or shown_at) == address
    ]
    (fields,) = forms
    return fields
