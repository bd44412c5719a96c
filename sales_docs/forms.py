"""Forms of products, price lists and the headers of documents; dialogs of what is done to them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import clock, labels
from crm.access.actor import Actor
from crm.company.currencies import base_currency_code
from crm.models import Currency
from crm.records.forms import ActionForm, RecordForm
from crm.values.money import round_to
from sales_docs.models import Invoice, Order, PriceList, Product, Quote, TaxCode
from sales_docs.models.columns import MAX_DIGITS
from sales_docs.services.invoices import DAYS_TO_PAY

LONG = {"rows": 3}
DOCUMENT = (
    "name",
    "account",
    "contact",
    "opportunity",
    "currency",
    "price_list",
    "customer_reference",
    "payment_terms",
    "shipping_terms",
    "billing_name",
    "billing_address",
    "delivery_name",
    "delivery_address",
    "description",
    "terms",
    "discount_mode",
    "owner",
)


def _today() -> Any:
    return timezone.localdate(clock.now())


class _PricedForm(RecordForm):
    """Offers what is in use, and begins in the company's currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._narrow("currency", Currency)
        self._narrow("tax_code", TaxCode)
        if "currency" in self.fields and not self.initial.get("currency"):
            self.initial["currency"] = base_currency_code()

    def _narrow(self, name: str, model: Any) -> None:
        if name in self.fields:
            chosen = self.initial.get(name)
            in_use = model.objects.filter(is_active=True)
            field: Any = self.fields[name]
            field.queryset = in_use | model.objects.filter(pk=chosen) if chosen else in_use


class ProductForm(_PricedForm):
    class Meta:
        model = Product
        fields = (
            "name",
            "code",
            "structure",
            "parent",
            "state",
            "description",
            "unit_of_measure",
            "quantity_decimals",
            "list_price",
            "currency",
            "tax_code",
            "valid_from",
            "valid_until",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs=LONG)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["state"]
            del self.fields["structure"]
        else:
            self.fields["state"].choices = [  # type: ignore[attr-defined]
                choice for choice in Product.State.choices if choice[0] != Product.State.RETIRED
            ]


class PriceListForm(_PricedForm):
    class Meta:
        model = PriceList
        fields = (
            "name",
            "currency",
            "is_active",
            "valid_from",
            "valid_until",
            "description",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs=LONG)}


class _DocumentForm(_PricedForm):
    """The header. Currency is fixed with the first line; totals come from the lines."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.lines_version > 1:
            del self.fields["currency"]
            del self.fields["discount_mode"]


_TEXTS = {
    name: forms.Textarea(attrs=LONG)
    for name in ("billing_address", "delivery_address", "description", "terms")
}


class QuoteForm(_DocumentForm):
    class Meta:
        model = Quote
        fields = (*DOCUMENT, "valid_from", "valid_until", "requested_delivery_on")
        widgets = _TEXTS


class OrderForm(_DocumentForm):
    class Meta:
        model = Order
        fields = (*DOCUMENT, "ordered_on", "requested_delivery_on")
        widgets = _TEXTS


class InvoiceForm(_DocumentForm):
    class Meta:
        model = Invoice
        fields = (*DOCUMENT, "due_on")
        widgets = _TEXTS


# Dialogs


class RepeatableForm(ActionForm):
    """Carries a key of its own, so that a form sent twice makes one document."""

    request_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"request_key": uuid4()}


class QuoteOpportunityForm(RepeatableForm):
    name = forms.CharField(label=_("Subject"), max_length=200, required=False)

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return super().initial_for(actor, record) | {"name": record.name}


class CloseQuoteForm(ActionForm):
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(Quote.Reason.LOST, _("Lost")), (Quote.Reason.CANCELED, _("Canceled"))],
    )
    closed_on = forms.DateField(label=_("Closed on"))
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs=LONG), max_length=2000
    )
    loses_opportunity = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _drop_without_opportunity(self, "loses_opportunity", _("Also close %(type)s as lost"))

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"closed_on": _today(), "reason": Quote.Reason.LOST}


class OrderQuoteForm(ActionForm):
    ordered_on = forms.DateField(label=_("Ordered on"))
    closes_siblings = forms.BooleanField(required=False)
    wins_opportunity = forms.BooleanField(required=False)
    actual_revenue = forms.DecimalField(
        label=_("Actual revenue"),
        required=False,
        min_value=Decimal(0),
        max_digits=MAX_DIGITS,
        decimal_places=4,
        help_text=_("Empty: what it comes to without tax."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs=LONG), max_length=2000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _drop_without_opportunity(self, "wins_opportunity", _("Close %(type)s as won"))
        if "wins_opportunity" not in self.fields:
            del self.fields["actual_revenue"]
        if self.record is None or not _open_siblings(self.record):
            del self.fields["closes_siblings"]
        else:
            self.fields["closes_siblings"].label = labels.with_names(
                _("Close the other open %(types)s"), "quote"
            )

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"ordered_on": _today(), "closes_siblings": True, "wins_opportunity": True}


def _open_siblings(quote: Quote) -> int:
    if quote.opportunity_id is None:
        return 0
    siblings = Quote.objects.alive().open().of_opportunity(quote.opportunity_id)
    return siblings.exclude(pk=quote.pk).count()


def _drop_without_opportunity(form: Any, name: str, sentence: Any) -> None:
    opportunity = form.record.opportunity if form.record is not None else None
    if opportunity is None or opportunity.state != opportunity.State.OPEN:
        del form.fields[name]
    else:
        form.fields[name].label = labels.with_names(sentence, "opportunity")


class FulfilOrderForm(ActionForm):
    reason = forms.ChoiceField(
        label=_("Delivered"),
        choices=[(Order.Reason.COMPLETE, _("Completely")), (Order.Reason.PARTIAL, _("In part"))],
    )
    closed_on = forms.DateField(label=_("On"))
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs=LONG), max_length=2000
    )

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"closed_on": _today(), "reason": Order.Reason.COMPLETE}


class CancelOrderForm(ActionForm):
    closed_on = forms.DateField(label=_("On"))
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs=LONG), max_length=2000
    )

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"closed_on": _today()}


class CancelInvoiceForm(ActionForm):
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs=LONG), max_length=2000
    )


class PostInvoiceForm(ActionForm):
    issued_on = forms.DateField(label=_("Date"))
    due_on = forms.DateField(label=_("Due"))

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        today = _today()
        due_on = record.due_on or today + timedelta(days=DAYS_TO_PAY)
        return {"issued_on": today, "due_on": due_on}


class PaymentForm(ActionForm):
    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=MAX_DIGITS,
        decimal_places=4,
        help_text=_("Below zero to take back an earlier mistake."),
    )
    paid_on = forms.DateField(label=_("Paid on"))
    reference = forms.CharField(label=_("Reference"), required=False, max_length=120)

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        left = round_to(record.balance, record.decimal_places)
        return {"amount": left, "paid_on": _today()}
