from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import clock, labels
from crm.access.actor import Actor
from crm.records.forms import ActionForm, RecordForm
from crm.records.lists.lookups import RecordChoiceField
from sales_docs.models import Product
from service.models import Article, Contract, ContractLine
from service.models.contract import MOST_UNITS
from service.panels import usable_lines
from service.wording import said_allotment

AMOUNT: dict[str, Any] = {"max_digits": 20, "decimal_places": 4, "min_value": 0, "required": False}


class ContractForm(RecordForm):
    class Meta:
        model = Contract
        fields = (
            "name",
            "account",
            "contact",
            "level",
            "billing",
            "starts_on",
            "ends_on",
            "currency",
            "description",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "currency" in self.fields:
            self.fields["currency"].required = False
            self.fields["currency"].empty_label = gettext_lazy("As the customer")


class ArticleForm(RecordForm):
    class Meta:
        model = Article
        fields = ("title", "summary", "body", "keywords", "language", "owner")
        widgets = {
            "body": forms.Textarea(attrs={"rows": 18}),
            "summary": forms.Textarea(attrs={"rows": 2}),
        }


class LineForm(ActionForm):
    """A line of a contract: a new one, or the one the address names."""

    line = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("What it is about"), max_length=160)
    allotment = forms.ChoiceField(
        label=gettext_lazy("What it grants"), choices=ContractLine.Allotment.choices
    )
    total = forms.IntegerField(
        label=gettext_lazy("How many"), required=False, min_value=1, max_value=MOST_UNITS
    )
    product = RecordChoiceField(model=Product, required=False)
    serial_number = forms.CharField(
        label=gettext_lazy("Serial number"), required=False, max_length=80
    )
    starts_on = forms.DateField(label=gettext_lazy("Covered from"), required=False)
    ends_on = forms.DateField(label=gettext_lazy("Covered until"), required=False)
    price = forms.DecimalField(label=gettext_lazy("Price"), **AMOUNT)
    discount = forms.DecimalField(label=gettext_lazy("Discount"), **AMOUNT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].label = labels.singular("product")
        row = self._row()
        if row is not None:
            shown = [name for name in self.base_fields if name != "line"]
            self.initial.update({name: getattr(row, name) for name in shown})
            self.fields["product"].current = row.product

    def _row(self) -> ContractLine | None:
        """The line to be changed, if it is one of this contract."""
        wanted = str(self.initial.get("line") or "")
        if self.record is None or not wanted.isdecimal():
            return None
        return self.record.lines.filter(pk=int(wanted)).first()

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"starts_on": record.starts_on, "ends_on": record.ends_on}


class CancelContractForm(ActionForm):
    canceled_on = forms.DateField(label=gettext_lazy("Canceled on"))
    note = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"canceled_on": clock.today(timezone.get_current_timezone())}


class RenewForm(ActionForm):
    with_canceled = forms.BooleanField(
        label=gettext_lazy("Take the canceled lines along"), required=False
    )


class RejectForm(ActionForm):
    note = forms.CharField(
        label=gettext_lazy("What is to be changed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NewVersionForm(ActionForm):
    is_major = forms.BooleanField(
        label=gettext_lazy("A major version"),
        required=False,
        help_text=gettext_lazy("2.0 after 1.3; otherwise 1.4."),
    )


class CoverForm(ActionForm):
    """Under which line of the customer's contracts a case is served."""

    line = forms.TypedChoiceField(
        label=gettext_lazy("Served under"),
        coerce=int,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["line"]
        field.choices = [(0, _("Nothing agreed")), *self._offered()]

    def _offered(self) -> list[tuple[int, str]]:
        if self.record is None:
            return []
        return [
            (line.pk, f"{line.title} · {line.contract.full_number} · {said_allotment(line)}")
            for line in usable_lines(self.actor, self.record.account_id)
        ]

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        cover = getattr(record, "cover", None)
        return {"line": cover.line_id if cover else 0}
