"""The tab that says who sees a record and why."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from crm.access.actor import Actor
from crm.access.explain import who_sees
from crm.models import Principal, Record
from crm.models.levels import Privilege
from crm.records.forms import RecordForm
from crm.records.lists.lookups import RecordChoiceField
from crm.records.services import SHAREABLE
from crm.registry.declaration import RecordType


class PrivilegesField(forms.MultipleChoiceField):
    """Offers what the actor may give; sharing refuses whatever else was sent."""

    def valid_value(self, value: Any) -> bool:
        return value in [str(privilege) for privilege in SHAREABLE]


class ShareForm(forms.Form):
    """Whom a record is shared with, and what they may do; only what the actor may do too."""

    principal = RecordChoiceField(model=Principal, label=gettext_lazy("User or team"))
    privileges = PrivilegesField(
        label=gettext_lazy("They may"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["principal"].use_actor(actor)  # type: ignore[attr-defined]
        self.fields["privileges"].choices = [  # type: ignore[attr-defined]
            (privilege.value, privilege.label)
            for privilege in SHAREABLE
            if actor.allows(privilege, record)
        ]

    show_error = RecordForm.show_error


def tab(request: HttpRequest, _record_type: RecordType, record: Record) -> dict[str, Any]:
    found = who_sees(request.actor, record)
    if found["may_share"]:
        found["share_form"] = ShareForm(
            actor=request.actor, record=record, initial={"privileges": [Privilege.READ.value]}
        )
    return found
