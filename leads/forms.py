from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.address import ADDRESS
from accounts.models.reach import REFUSALS
from crm.records.forms import ActionForm, RecordForm
from leads.models import Lead
from leads.rules import DISQUALIFIED_REASONS

LONG = {"rows": 3}


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


class EmptyForm(ActionForm):
    """A question that is only answered by yes or no."""
