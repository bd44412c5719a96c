from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from accounts.models.address import ADDRESS
from accounts.models.reach import REFUSALS
from crm import labels
from crm.access.actor import Actor
from crm.company.currencies import base_currency_code
from crm.errors import CrmError
from crm.records.forms import ActionForm, RecordForm, dress
from crm.records.lists.lookups import MAX_DIGITS, RecordChoiceField
from leads.mapping import opportunity_values
from leads.models import Lead
from leads.plans import Choice, Plan, Step
from leads.rules import DISQUALIFIED_REASONS
from opportunities.models import Opportunity

LONG = {"rows": 3}
OTHER = "other"


class LeadForm(RecordForm):
    class Meta:
        model = Lead
        fields = (
            "topic",
            "first_name",
            "last_name",
            "company",
            "job_title",
            "email",
            "phone",
            "mobile",
            "website",
            "source",
            "campaign",
            "rating",
            "account",
            "contact",
            "industry",
            "annual_revenue",
            "employees",
            "currency",
            "budget_amount",
            "budget_status",
            "timeframe",
            "purchase_process",
            "has_decision_maker",
            "need",
            *ADDRESS,
            *REFUSALS,
            "description",
            "owner",
        )
        widgets = {name: forms.Textarea(attrs=LONG) for name in ("need", "description")}


class DisqualifyForm(ActionForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(reason.value, reason.label) for reason in DISQUALIFIED_REASONS],
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG)
    )


class QualifyForm(forms.Form):
    """What to make of a lead: one answer per record type, and the facts of a new deal.

    An answer is 'create', 'skip', 'use:ID', or 'other' with the record looked up beside it.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    account = forms.CharField()
    contact = forms.CharField()
    opportunity = forms.CharField()
    account_other = RecordChoiceField(model=Account, required=False)
    contact_other = RecordChoiceField(model=Contact, required=False)
    opportunity_other = RecordChoiceField(model=Opportunity, required=False)
    name = forms.CharField(max_length=200, required=False)
    est_close_on = forms.DateField(required=False)
    estimated_revenue = forms.DecimalField(
        min_value=0, max_digits=20, decimal_places=4, required=False
    )

    def __init__(self, *args: Any, actor: Actor, lead: Lead, **kwargs: Any) -> None:
        self.actor, self.lead = actor, lead
        super().__init__(*args, **kwargs)
        for name in ("account", "contact", "opportunity"):
            other = self.fields[f"{name}_other"]
            other.label = labels.singular(name)
            other.widget.attrs |= {"class": "form-select", "aria-label": other.label}
            other.use_actor(actor)  # type: ignore[attr-defined]
        for name in ("name", "est_close_on", "estimated_revenue"):
            self.fields[name].label = labels.field_label("opportunity", name)
            self.fields[name].widget.attrs["class"] = "form-control"
        code = lead.currency_id or base_currency_code()
        revenue = self.fields["estimated_revenue"]
        revenue.label = f"{revenue.label}, {code}"
        dress(self)

    @classmethod
    def initial_for(cls, lead: Lead, plan: Plan) -> dict[str, Any]:
        deal = opportunity_values(lead, today=timezone.localdate())
        return {
            "version": lead.version,
            **{key: answer_of(step) for key, step in plan.steps()},
            "name": deal["name"],
            "est_close_on": deal["est_close_on"],
            "estimated_revenue": deal["estimated_revenue"],
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for key in ("account", "contact", "opportunity"):
            if key in cleaned:
                cleaned[key] = self._step(key, cleaned)
        step = cleaned.get("opportunity")
        if step and step.choice is Choice.CREATE and not cleaned.get("name"):
            self.add_error("name", _("Give it a topic."))
        return cleaned

    def _step(self, key: str, cleaned: dict[str, Any]) -> Step | None:
        answer = cleaned[key]
        if answer == Choice.CREATE:
            return Step.create(**(_typed(cleaned) if key == "opportunity" else {}))
        if answer == Choice.SKIP:
            return Step.skip()
        if answer == OTHER:
            return self._looked_up(key, cleaned)
        kind, _colon, record_id = answer.partition(":")
        if kind == Choice.USE and record_id.isdecimal() and len(record_id) <= MAX_DIGITS:
            return Step.use(int(record_id))
        self.add_error(key, _("Choose one of the answers."))
        return None

    def _looked_up(self, key: str, cleaned: dict[str, Any]) -> Step | None:
        found = cleaned.get(f"{key}_other")
        if found is not None:
            return Step.use(found.pk)
        if f"{key}_other" not in self.errors:
            self.add_error(f"{key}_other", _("Look up which one to use."))
        return None

    @property
    def plan(self) -> Plan:
        """The decision, of a valid form."""
        return Plan(
            account=self.cleaned_data["account"],
            contact=self.cleaned_data["contact"],
            opportunity=self.cleaned_data["opportunity"],
        )

    def show_error(self, error: CrmError) -> None:
        for name, message in error.fields.items():
            self.add_error(name if name in self.fields else None, str(message))
        if not error.fields:
            self.add_error(None, str(error))


def answer_of(step: Step) -> str:
    return f"use:{step.record_id}" if step.choice is Choice.USE else step.choice.value


def _typed(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What was typed about the new deal; a field that is not valid is left out."""
    names = ("name", "est_close_on", "estimated_revenue")
    return {name: cleaned[name] for name in names if name in cleaned}


class QualifyManyForm(ActionForm):
    """Qualifying chosen rows at once."""

    class Lookalike(TextChoices):
        LEAVE = "leave", _("Leave it to me: do not qualify that one")
        USE = "use", _("Use the existing record")
        CREATE = "create", _("Create a new one all the same")

    lookalike = forms.ChoiceField(
        label=_("When something looks very much like an existing record"),
        choices=Lookalike.choices,
        initial=Lookalike.LEAVE,
        widget=forms.RadioSelect,
    )
    with_opportunity = forms.BooleanField(
        label=_("Open a deal for each"), required=False, initial=True
    )
