"""A verb over many rows, from what was posted to a result; in a request and in a worker alike."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access.actor import Actor
from crm.errors import CrmError
from crm.models import Principal
from crm.operations import operation
from crm.records import services
from crm.records.lists.lookups import RecordChoiceField
from crm.records.services import BulkResult
from crm.records.services.many import NO_VERSIONS, Versions
from crm.registry.declaration import Action, RecordType

EDIT, ASSIGN, DELETE = "edit", "assign", "delete"
MERGE = "merge"  # has a page of its own


class AssignForm(forms.Form):
    owner = RecordChoiceField(model=Principal, label=gettext_lazy("New owner"))

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].use_actor(actor)  # type: ignore[attr-defined]


def action_of(record_type: RecordType, verb: str) -> Action | None:
    """The type's own verb of this name, if it works on many rows."""
    known = (action for action in record_type.actions if action.works_on_many)
    return next((action for action in known if action.key == verb), None)


def form_of(
    record_type: RecordType, verb: str, actor: Actor, data: Mapping[str, Any] | None
) -> Any:
    """The form of what the verb needs to know, bound to `data`; None when it asks nothing."""
    if verb == EDIT:
        return _edit_form(record_type, actor, data)
    if verb == ASSIGN:
        return AssignForm(data, actor=actor)
    action = action_of(record_type, verb)
    return import_string(action.form)(data, actor=actor) if action and action.form else None


def _edit_form(record_type: RecordType, actor: Actor, data: Mapping[str, Any] | None) -> Any:
    """The type's form with its bulk fields only; none is required, ticked ones count."""
    form = import_string(record_type.form)(data, actor=actor)
    for name in list(form.fields):
        if name not in record_type.bulk_fields:
            del form.fields[name]
        elif not (data and data.get(f"change_{name}")):
            form.fields[name].required = False
    return form


def ticked(form: Any) -> dict[str, Any]:
    """The values of the fields that are to be changed."""
    return {
        name: form.cleaned_data[name]
        for name in form.fields
        if form.data.get(f"change_{name}") and name in form.cleaned_data
    }


def is_complete(verb: str, form: Any) -> bool:
    """Whether a bound form says all the verb needs; it shows what is missing."""
    if form is None:
        return True
    if not form.is_bound or not form.is_valid():
        return False
    if verb == EDIT and not ticked(form):
        form.add_error(None, _("Tick at least one field to change."))
        return False
    return True


def do(
    *,
    actor: Actor,
    record_type: RecordType,
    verb: str,
    form: Any,
    ids: list[int],
    versions: Versions = NO_VERSIONS,
) -> BulkResult:
    """Carries the verb out on the rows. `form` is complete. Raises RuleViolation, AccessDenied.

    A row of which `versions` names an older version is refused; the others are done.
    """
    known: dict[str, Any] = {
        "actor": actor,
        "record_type": record_type,
        "ids": ids,
        "versions": versions,
    }
    if verb == EDIT:
        return services.bulk_update_records(**known, values=ticked(form))
    if verb == ASSIGN:
        return services.assign_records(**known, owner_id=form.cleaned_data["owner"].pk)
    if verb == DELETE:
        return services.delete_records(**known)
    action = action_of(record_type, verb)
    if action is None:
        raise LookupError(verb)
    values = form.cleaned_data if form is not None else {}
    return each(
        actor=actor,
        service=import_string(action.service),
        ids=ids,
        values=values,
        versions=versions,
    )


@operation
def each(
    *,
    actor: Actor,
    service: Callable[..., Any],
    ids: list[int],
    values: Any,
    versions: Versions = NO_VERSIONS,
) -> BulkResult:
    """Runs a service over ids in key order; each refusal is reported, the others are done."""
    done, refused = 0, {}
    takes_version = "version" in inspect.signature(service).parameters
    for record_id in sorted(ids):
        seen = {"version": versions.get(record_id)} if takes_version else {}
        try:
            service(actor=actor, record_id=record_id, **seen, **values)
            done += 1
        except CrmError as error:
            refused[record_id] = str(error)
    return BulkResult(done=done, refused=refused)
