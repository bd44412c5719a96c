"""Billing an order: everything that is left, quantities of its lines, or a percentage."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import RuleViolation, StaleVersion
from crm.models.levels import Privilege
from crm.pages.conflict import conflict_context
from crm.records.history.consequences import Consequences, rehearse
from crm.records.running import number_of
from crm.registry.declaration import RecordType
from crm.registry.links import record_url
from crm.values.money import NotANumber, parse_number
from crm.values.reader_locale import reader_locale
from sales_docs.rules.lines import line_field
from sales_docs.services.billing import Extent, create_invoice_from_order, read_ordered
from sales_docs.services.editing import lines_of
from sales_docs.wording import Figures

UNPROCESSABLE = 422


class ExtentForm(forms.Form):
    """How much to bill."""

    extent = forms.ChoiceField(
        choices=[
            (Extent.REST, gettext_lazy("Everything that is left")),
            (Extent.QUANTITIES, gettext_lazy("Quantities")),
            (Extent.PERCENT, gettext_lazy("A percentage of the whole")),
        ]
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


@dataclass
class BillRow:
    """A line of the order with what is left of it, and the quantity typed."""

    key: str
    name: str
    code: str
    ordered: str
    billed: str
    left: str
    is_left: bool
    quantity: str
    error: str = ""


@dataclass
class BillForm:
    extent: str
    percent: str
    left_percent: str
    request_key: UUID
    rows: list[BillRow]
    message: str = ""
    percent_error: str = ""

    def show_error(self, error: RuleViolation) -> None:
        self.message = str(error)
        self.percent_error = str(error.fields.get("percent", ""))
        for row in self.rows:
            row.error = str(error.fields.get(line_field(row.key, "quantity"), ""))


def bill_order(request: HttpRequest, record_type: RecordType, record: Any) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    actor.require(Privilege.WRITE, record)
    actor.require_type(Privilege.CREATE, "invoice")
    is_posted = request.method == "POST"
    form = _form_of(record, request.POST if is_posted else {})
    status, consequences = 200, None
    seen = request.POST.get("version", "")
    more: dict[str, Any] = {"version": seen or record.version}
    if not is_posted or "foresee" in request.POST:
        consequences = _foresee(request, record, form)
    else:
        try:
            invoice = create_invoice_from_order(
                actor=actor,
                record_id=record.pk,
                version=number_of(seen),
                **_values(request, form),
            )
            return redirect(record_url(invoice))
        except StaleVersion as conflict:
            more = conflict_context(request, record, seen, conflict)
            status = conflict.status
        except RuleViolation as error:
            form.show_error(error)
            status = UNPROCESSABLE
    context = {"form": form, "record": record, "record_type": record_type, **more}
    context["consequences"] = consequences
    context |= {"record_url": record_url(record), "extents": ExtentForm().fields["extent"].choices}  # type: ignore[attr-defined]
    return render(request, "sales_docs/bill.html", context, status=status)


def _foresee(request: HttpRequest, order: Any, form: BillForm) -> Consequences:
    """What billing as answered so far would do; all that is left, where nothing is answered yet."""
    try:
        values = _values(request, form) if request.method == "POST" else {}
    except RuleViolation as error:
        return Consequences(refusal=error)
    _invoice, consequences = rehearse(
        actor=request.actor,  # type: ignore[attr-defined]
        service=create_invoice_from_order,
        record_id=order.pk,
        **values,
    )
    return consequences


def _form_of(order: Any, posted: Any) -> BillForm:
    lines: list[Any] = lines_of(order)
    ordered = read_ordered(order, lines)
    figures = Figures.of(order)
    rows = [
        BillRow(
            key=state.key,
            name=line.name,
            code=line.code,
            ordered=figures.quantity(line.quantity),
            billed=figures.quantity(state.billed_quantity),
            left=figures.quantity(state.left),
            is_left=bool(state.left),
            quantity=posted.get(f"quantity-{state.key}", figures.quantity(state.left)),
        )
        for line, state in zip(lines, ordered.lines, strict=True)
    ]
    return BillForm(
        extent=posted.get("extent", Extent.REST.value),
        percent=posted.get("percent", ""),
        left_percent=figures.percent(100 - ordered.billed_percent),
        request_key=uuid4(),
        rows=rows,
    )


def _values(request: HttpRequest, form: BillForm) -> dict[str, Any]:
    """What was asked for, or RuleViolation for what can't be read."""
    choice = ExtentForm(request.POST)
    if not choice.is_valid():
        raise RuleViolation(_("Choose how much to bill."))
    form.request_key = choice.cleaned_data["request_key"]
    extent = choice.cleaned_data["extent"]
    percent = _number(form.percent, "percent") if extent == Extent.PERCENT else None
    quantities: dict[int, Decimal] = {}
    if extent == Extent.QUANTITIES:
        for row in form.rows:
            text = row.quantity.strip()
            name = line_field(row.key, "quantity")
            quantities[int(row.key)] = _number(text, name) if text else Decimal(0)
    return {
        "extent": extent,
        "percent": percent,
        "quantities": quantities,
        "request_key": form.request_key,
    }


def _number(text: str, name: str) -> Decimal:
    try:
        return parse_number(text.removesuffix("%").strip(), locale=reader_locale())
    except NotANumber as error:
        message = _("This is not a number.")
        raise RuleViolation(message, fields={name: message}) from error
