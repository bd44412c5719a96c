from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import clock, labels
from crm.access.actor import Actor
from crm.records.forms import ActionForm, RecordForm
from crm.records.lists.lookups import RecordChoiceField
from opportunities.models import Competitor, Opportunity
from opportunities.process import STEPS
from opportunities.rules import OPEN_FORECASTS

LONG = {"rows": 3}


class CompetitorForm(RecordForm):
    class Meta:
        model = Competitor
        fields = (
            "name",
            "website",
            "key_product",
            "overview",
            "strengths",
            "weaknesses",
            "how_we_win",
            "owner",
        )
        widgets = {
            name: forms.Textarea(attrs=LONG)
            for name in ("overview", "strengths", "weaknesses", "how_we_win")
        }


class OpportunityForm(RecordForm):
    class Meta:
        model = Opportunity
        fields = (
            "name",
            "account",
            "contact",
            "estimated_revenue",
            "is_revenue_calculated",
            "currency",
            "price_list",
            "est_close_on",
            "probability",
            "forecast",
            "rating",
            "engaged_on",
            "campaign",
            "timeframe",
            "budget_amount",
            "budget_status",
            "purchase_process",
            "has_decision_maker",
            "current_situation",
            "customer_need",
            "pain_points",
            "proposed_solution",
            "has_stakeholders",
            "has_rivals",
            "has_sales_team",
            "has_proposal",
            "has_review",
            "has_presented",
            "has_final_proposal",
            "has_presented_final",
            "decision_on",
            "has_thanked",
            "has_debrief",
            "description",
            "owner",
        )
        widgets = {
            name: forms.Textarea(attrs=LONG)
            for name in (
                "current_situation",
                "customer_need",
                "pain_points",
                "proposed_solution",
                "description",
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "forecast" in self.fields:
            self.fields["forecast"].choices = [
                (value.value, value.label) for value in OPEN_FORECASTS
            ]
        if "currency" in self.fields:
            self.fields["currency"].required = False
            self.fields["currency"].empty_label = _("As the customer")
        if self.instance.is_revenue_calculated and "estimated_revenue" in self.fields:
            self.fields["estimated_revenue"].disabled = True


class WinForm(ActionForm):
    """Closing as won; who bought is asked only when nobody is named yet."""

    actual_revenue = forms.DecimalField(
        label=_("Actual revenue"), min_value=0, max_digits=20, decimal_places=4, required=False
    )
    closed_on = forms.DateField(label=_("Closed on"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG)
    )
    company = forms.CharField(
        label=_("Who bought: company"),
        required=False,
        max_length=160,
        help_text=_("Nobody is named yet. Give a company, a person, or both."),
    )
    first_name = forms.CharField(label=_("First name"), required=False, max_length=80)
    last_name = forms.CharField(label=_("Last name"), required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record and (self.record.account_id or self.record.contact_id):
            for name in ("company", "first_name", "last_name"):
                del self.fields[name]

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        lead = record.originating_lead
        names = ("company", "first_name", "last_name")
        return {
            "actual_revenue": record.estimated_revenue,
            "closed_on": clock.today(timezone.get_current_timezone()),
            **{name: getattr(lead, name) for name in names if lead},
        }


class LoseForm(ActionForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (reason.value, reason.label)
            for reason in (Opportunity.Reason.CANCELED, Opportunity.Reason.OUT_SOLD)
        ],
    )
    lost_to = RecordChoiceField(model=Competitor, label=_("Lost to"), required=False)
    closed_on = forms.DateField(label=_("Closed on"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG)
    )

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"closed_on": clock.today(timezone.get_current_timezone())}


class StageForm(ActionForm):
    """Moving to another stage; what a stage needs can be given on the way."""

    value = forms.ChoiceField(label=_("Stage"), choices=Opportunity.Stage.choices)
    est_close_on = forms.DateField(label=_("Est. close date"), required=False)
    estimated_revenue = forms.DecimalField(
        label=_("Est. revenue"), min_value=0, max_digits=20, decimal_places=4, required=False
    )

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        order = list(STEPS)
        ahead = order[min(order.index(record.stage) + 1, len(order) - 1)]
        return {
            "value": ahead,
            "est_close_on": record.est_close_on,
            "estimated_revenue": record.estimated_revenue,
        }


class HoldForm(ActionForm):
    note = forms.CharField(
        label=_("Until when, and why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )


class RivalForm(ActionForm):
    competitor = RecordChoiceField(model=Competitor)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["competitor"].label = labels.singular("competitor")
