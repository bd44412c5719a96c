"""The prices of a price list as one grid."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.errors import RuleViolation, StaleVersion
from crm.models.levels import Privilege
from crm.pages.conflict import conflict_context
from crm.registry.declaration import RecordType
from crm.registry.links import action_url, record_url
from crm.values.money import NotANumber, parse_number
from sales_docs.lines.line_form import MAX_ID_DIGITS
from sales_docs.lines.pasting import read_pasted
from sales_docs.models import PriceList, Product
from sales_docs.rules.lines import line_field
from sales_docs.services.catalogue import PriceEntry, save_price_list_items
from sales_docs.wording import Figures

UNPROCESSABLE = 422


@dataclass
class PriceRow:
    key: str
    product_id: int
    name: str
    code: str
    amount: str
    error: str = ""


@dataclass
class PriceForm:
    version: int
    rows: list[PriceRow]
    message: str = ""


def edit_prices(request: HttpRequest, record_type: RecordType, record: PriceList) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    actor.require(Privilege.WRITE, record)
    if request.method != "POST":
        return _show(request, record_type, record, _stored(actor, record))
    form = _posted(request, record)
    command, _colon, argument = request.POST.get("do", "save").partition(":")
    try:
        if command == "save":
            _save(request, record, form)
            return redirect(record_url(record))
        _change(request, record, form, command, argument)
    except StaleVersion as conflict:
        more = conflict_context(request, record, request.POST.get("version", ""), conflict)
        form.version = conflict.version
        return _show(request, record_type, record, form, status=conflict.status, **more)
    except RuleViolation as error:
        _show_error(form, error)
    return _show(request, record_type, record, form, status=UNPROCESSABLE if form.message else 200)


def _stored(actor: Any, price_list: PriceList) -> PriceForm:
    visible = Product.objects.visible_to(actor, Privilege.APPEND_TO)
    items = price_list.items.filter(product__in=visible).select_related("product")
    figures = Figures.of(price_list)
    return PriceForm(
        version=price_list.version,
        rows=[
            _row(item.product, figures.price(item.amount))
            for item in items.order_by("product__name__folded", "pk")
        ],
    )


def _row(product: Product, amount: str) -> PriceRow:
    return PriceRow(
        key=uuid4().hex[:8],
        product_id=product.pk,
        name=product.name,
        code=product.code,
        amount=amount,
    )


def _posted(request: HttpRequest, price_list: PriceList) -> PriceForm:
    data = request.POST
    version = data.get("version", "")
    rows = [
        PriceRow(
            key=key,
            product_id=int(product),
            name=data.get(f"row-{key}-name", ""),
            code=data.get(f"row-{key}-code", ""),
            amount=data.get(f"row-{key}-amount", "").strip(),
        )
        for key in data.getlist("row")
        if (product := data.get(f"row-{key}-product", "")).isdecimal()
        and len(product) <= MAX_ID_DIGITS
    ]
    return PriceForm(version=int(version) if version.isdecimal() else 0, rows=rows)


def _save(request: HttpRequest, price_list: PriceList, form: PriceForm) -> None:
    locale = Figures.of(price_list).locale
    entries, problems = [], {}
    for row in form.rows:
        try:
            amount = parse_number(row.amount, locale=locale)
        except NotANumber:
            problems[line_field(row.key, "amount")] = _("This is not a number.")
            amount = Decimal(0)
        entries.append(PriceEntry(key=row.key, product_id=row.product_id, amount=amount))
    if problems:
        raise RuleViolation(_("Some prices need another look."), fields=problems)
    save_price_list_items(
        actor=request.actor,  # type: ignore[attr-defined]
        record_id=price_list.pk,
        version=form.version,
        entries=entries,
    )


def _show_error(form: PriceForm, error: RuleViolation) -> None:
    form.message = str(error)
    for row in form.rows:
        messages = [
            str(message)
            for name, message in error.fields.items()
            if name in (line_field(row.key, "amount"), line_field(row.key, "product"))
        ]
        row.error = " ".join(messages)


def _change(
    request: HttpRequest, price_list: PriceList, form: PriceForm, command: str, argument: str
) -> None:
    """Adds or removes a row of the form; nothing is written."""
    if command == "remove":
        form.rows = [row for row in form.rows if row.key != argument]
    elif command == "paste":
        for pasted in read_pasted(request.POST.get("pasted", "")):
            _add(form, _find(request, pasted.name), amount=pasted.quantity)
    else:
        chosen = request.POST.get("product", "")
        typed = request.POST.get("product__text", "").strip()
        _add(form, _find(request, typed) if typed else _get(request, chosen), amount="")


def _add(form: PriceForm, product: Product | None, *, amount: str) -> None:
    if product is None:
        message = _("Nothing is called so, or you may not see it.")
        raise RuleViolation(message, fields={"product": message})
    if all(row.product_id != product.pk for row in form.rows):
        form.rows.append(_row(product, amount))


def _products(request: HttpRequest) -> Any:
    return Product.objects.visible_to(request.actor, Privilege.APPEND_TO).filter(  # type: ignore[attr-defined]
        structure=Product.Structure.PRODUCT
    )


def _get(request: HttpRequest, chosen: str) -> Product | None:
    if not chosen.isdecimal() or len(chosen) > MAX_ID_DIGITS:
        return None
    return _products(request).filter(pk=int(chosen)).first()  # type: ignore[no-any-return]


def _find(request: HttpRequest, name: str) -> Product | None:
    if "\0" in name:
        return None
    for lookup in ("code__iexact", "name__iexact"):
        found = list(_products(request).filter(**{lookup: name})[:2])
        if len(found) == 1:
            return found[0]  # type: ignore[no-any-return]
    return None


def _show(
    request: HttpRequest,
    record_type: RecordType,
    price_list: PriceList,
    form: PriceForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        **more,
        "form": form,
        "record": price_list,
        "record_type": record_type,
        "record_url": record_url(price_list),
        "prices_url": action_url(price_list, "prices"),
        "product_lookup_url": reverse("records:lookup", args=["product"]),
        "currency": price_list.currency_id,
    }
    return render(request, "sales_docs/prices.html", context, status=status)
