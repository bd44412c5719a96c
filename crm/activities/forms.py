import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.access.actor import Actor
from crm.models import Activity
from crm.records.forms import ActionForm, RecordForm
from crm.records.lists.numbers import NumberText

MOMENT = {"type": "datetime-local"}


def moment_widget() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M")


class ActivityForm(RecordForm):
    """The full form of an activity."""

    class Meta:
        model = Activity
        fields = (
            "kind",
            "subject",
            "body",
            "priority",
            "due_at",
            "end_at",
            "minutes",
            "location",
            "owner",
        )
        widgets = {
            "due_at": moment_widget(),
            "end_at": moment_widget(),
            "body": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            self.fields["owner"].required = False
        if "kind" in self.fields:
            # A mail is written on the record it is about, and nothing turns into something else.
            kinds = [pair for pair in Activity.Kind.choices if pair[0] != Activity.Kind.EMAIL]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
            self.fields["kind"].disabled = self.instance.pk is not None


class RescheduleForm(ActionForm):
    due_at = forms.DateTimeField(label=_("When"), widget=moment_widget())

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"due_at": record.due_at}


class ComposerForm(forms.Form):
    """One box for everything one adds to a record; what is asked depends on the kind."""

    form_token = forms.UUIDField(
        required=False, initial=uuid.uuid4, widget=forms.HiddenInput, label=_("Form")
    )
    kind = forms.ChoiceField(choices=Activity.Kind, label=_("Kind"))
    subject = forms.CharField(max_length=240, required=False, label=_("Subject"))
    body = forms.CharField(
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=_("Text"),
    )
    due_at = forms.DateTimeField(required=False, label=_("When"), widget=moment_widget())
    end_at = forms.DateTimeField(required=False, label=_("Until"), widget=moment_widget())
    minutes = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100_000,
        label=_("Minutes"),
        widget=NumberText(has_decimals=False),
    )
    is_incoming = forms.BooleanField(required=False, label=_("They called"))
    recipients = forms.CharField(required=False, max_length=2000, label=_("To"))
    file = forms.FileField(required=False, label=_("File"))

    show_error = RecordForm.show_error

    def clean_recipients(self) -> list[str]:
        return [part.strip() for part in self.cleaned_data["recipients"].split(",") if part.strip()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if kind == Activity.Kind.NOTE and not data.get("body") and not data.get("file"):
            self.add_error("body", _("Write something, or attach a file."))
        if kind and kind != Activity.Kind.NOTE and not data.get("subject"):
            self.add_error("subject", _("Give it a subject."))
        if kind == Activity.Kind.APPOINTMENT and not data.get("due_at"):
            self.add_error("due_at", _("Say when it starts."))
        if data.get("end_at") and data.get("due_at") and data["end_at"] < data["due_at"]:
            self.add_error("end_at", _("The end is before the start."))
        return data

    def values(self) -> dict[str, Any]:
        """What the chosen kind takes of the fields."""
        taken = {
            Activity.Kind.NOTE: ("body",),
            Activity.Kind.TASK: ("subject", "body", "due_at"),
            Activity.Kind.CALL: ("subject", "body", "due_at", "minutes", "is_incoming"),
            Activity.Kind.EMAIL: ("subject", "body", "recipients"),
            Activity.Kind.APPOINTMENT: ("subject", "body", "due_at", "end_at"),
        }
        kind = Activity.Kind(self.cleaned_data["kind"])
        found = {name: self.cleaned_data[name] for name in taken[kind]}
        return {"kind": kind, **found}
