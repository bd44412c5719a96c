from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Queue
from cases.models.case import MOST_MINUTES
from cases.rules import OPEN_REASONS, RESOLUTIONS, said
from cases.services import open_work, worked_minutes
from crm import labels
from crm.access.actor import Actor
from crm.models import Principal
from crm.records.forms import ActionForm, RecordForm
from crm.records.lists.lookups import RecordChoiceField, RecordMultipleChoiceField

LONG = {"rows": 4}


def _note(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CaseForm(RecordForm):
    queue = RecordChoiceField(model=Queue, required=False)

    class Meta:
        model = Case
        fields = (
            "title",
            "account",
            "contact",
            "description",
            "priority",
            "kind",
            "origin",
            "severity",
            "product",
            "stage",
            "follow_up_on",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs=LONG)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["queue"]
            return
        field = self.fields["queue"]
        field.label = labels.singular("queue")
        field.help_text = _("Whoever works there can take it.")
        field.current = self.initial.get("queue")
        field.use_actor(self.actor)


class QueueForm(RecordForm):
    class Meta:
        model = Queue
        fields = ("name", "description", "is_private", "owner")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class ResolveForm(ActionForm):
    """How it ended and how long it took; what is still planned must be seen before."""

    reason = forms.ChoiceField(
        label=_("How it ended"), choices=[(value.value, value.label) for value in RESOLUTIONS]
    )
    resolution = forms.CharField(
        label=_("What was found and done"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs=LONG),
    )
    minutes = forms.IntegerField(
        label=_("Minutes spent"),
        min_value=0,
        max_value=MOST_MINUTES,
        help_text=_("Filled in with the time of its calls, tasks and appointments."),
    )
    billable_minutes = forms.IntegerField(
        label=_("Billable minutes"), min_value=0, max_value=MOST_MINUTES
    )
    cancel_open = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = open_work(self.record) if self.record else []
        if not planned:
            del self.fields["cancel_open"]
            return
        field = self.fields["cancel_open"]
        field.label = _("Cancel what is still planned")
        field.help_text = said([activity.subject for activity in planned])

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        minutes = max(worked_minutes(record), record.minutes)
        return {"minutes": minutes, "billable_minutes": record.billable_minutes or minutes}


class CancelForm(ActionForm):
    note = _note(_("Why"))


class ReactivateForm(ActionForm):
    note = _note(_("Why it is taken up again"))


class EscalateForm(ActionForm):
    note = _note(_("What it needs"))


class StatusForm(ActionForm):
    value = forms.ChoiceField(
        label=_("Status"), choices=[(value.value, value.label) for value in OPEN_REASONS]
    )

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"value": record.reason}


class StageForm(ActionForm):
    value = forms.ChoiceField(label=_("Stage"), choices=Case.Stage.choices)

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"value": record.stage}


class RouteForm(ActionForm):
    """Where a case goes: a queue, somebody, or somebody in a queue."""

    queue = RecordChoiceField(model=Queue, required=False)
    worker = RecordChoiceField(
        model=Principal,
        label=_("To somebody"),
        required=False,
        help_text=_("Who works on it from now on. Empty: whoever works there may take it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["queue"].label = labels.singular("queue")


class MembersForm(ActionForm):
    members = RecordMultipleChoiceField(
        model=Principal, label=_("Users and teams who work in it"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record:
            self.fields["members"].current = list(self.record.members.all())

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"members": list(record.members.all())}
