"""The line grid: one address that previews, adds, pastes, removes, moves and saves.

Every command is a button of one plain form, so it works without JavaScript; htmx sends the same
form and takes fragments instead of the page.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import clock
from crm.errors import CrmError, RuleViolation
from crm.models.levels import Privilege
from crm.registry.declaration import RecordType
from crm.registry.links import record_url
from sales_docs.lines.grid import grid_context, sums_of
from sales_docs.lines.line_form import (
    MAX_ID_DIGITS,
    LineForm,
    Row,
    blank_row,
    form_from,
    form_of,
    new_row,
)
from sales_docs.lines.pasting import read_pasted
from sales_docs.models import Product
from sales_docs.rules.catalogue import unsellable_reason
from sales_docs.rules.documents import require_lines_unlocked
from sales_docs.services.catalogue import default_tax_code
from sales_docs.services.editing import LinesConflict, preview_document_lines, save_document_lines

UNPROCESSABLE = 422


def edit_lines(request: HttpRequest, record_type: RecordType, record: Any) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    actor.require(Privilege.WRITE, record)
    if request.method != "POST":
        require_lines_unlocked(record)
        return _show(request, record_type, form_of(record))
    form = form_from(record, request.POST)
    command, _colon, argument = request.POST.get("do", "preview").partition(":")
    if command == "save":
        return _save(request, record_type, form)
    try:
        _COMMANDS.get(command, _preview)(request, form, argument)
    except CrmError as error:
        form.show_error(error)
    _compute(actor, form)
    had_errors = "had_errors" in request.POST
    is_figures_only = command == "preview" and not (had_errors or form.has_errors)
    return _show(request, record_type, form, is_figures_only=is_figures_only)


def _save(request: HttpRequest, record_type: RecordType, form: LineForm) -> HttpResponse:
    try:
        saved = save_document_lines(
            actor=request.actor,  # type: ignore[attr-defined]
            record_type=record_type,
            record_id=form.record.pk,
            edited=form.edited(),
        )
    except RuleViolation as error:
        form.show_error(error)
        return _show(request, record_type, form, status=UNPROCESSABLE)
    except LinesConflict as conflict:
        _show_conflict(form, conflict)
        return _show(request, record_type, form, status=conflict.status)
    return redirect(record_url(saved))


def _show_conflict(form: LineForm, error: LinesConflict) -> None:
    """Tells cell by cell what it says now; saving once more then takes what the reader typed."""
    form.message = str(error)
    for conflict in error.conflicts:
        _tell(form, conflict)


def _tell(form: LineForm, conflict: Any) -> None:
    row = form.row(conflict.key)
    if conflict.now is None:
        form.was_lines.pop(conflict.was.id, None)
        if row is not None:
            row.id = None
            row.errors["name"] = _("Somebody removed this line. Saving puts it back.")
    elif row is None:
        form.was_lines[conflict.now.id] = conflict.now
        form.errors[conflict.key] = _("{name} was changed meanwhile. Saving removes it.").replace(
            "{name}", conflict.now.name
        )
    else:
        form.was_lines[conflict.now.id] = conflict.now
        now = getattr(conflict.now, conflict.field)
        row.errors[_cell_of(conflict.field)] = _("Changed meanwhile to: {value}").replace(
            "{value}", str(now)
        )


def _cell_of(field: str) -> str:
    return "discount" if field.startswith("discount") else field.removesuffix("_id")


def _compute(actor: Any, form: LineForm) -> None:
    """Fills in what the rows come to, and their messages; nothing is written."""
    if form.message:
        return
    try:
        totals, lines = preview_document_lines(
            actor=actor, record=form.record, edited=form.edited()
        )
    except RuleViolation as error:
        form.show_error(error)
    else:
        form.put_figures(totals, lines)


# Commands


def _preview(request: HttpRequest, form: LineForm, argument: str) -> None:
    pass


def _add(request: HttpRequest, form: LineForm, argument: str) -> None:
    chosen = request.POST.get("product", "")
    typed = request.POST.get("product__text", "").strip()
    if not chosen and not typed:
        raise RuleViolation(
            _("Choose what to add."), fields={"product": _("Choose one from the list.")}
        )
    product = _find(request, typed) if typed else _get(request, chosen)
    if product is None:
        raise RuleViolation(
            _("Choose what to add."),
            fields={"product": _("Nothing for sale is called so, or you may not see it.")},
        )
    form.rows.append(_row_for(product, is_taxed=form.has_header))


def _write_in(request: HttpRequest, form: LineForm, argument: str) -> None:
    tax_code = default_tax_code() if form.has_header else None
    form.rows.append(blank_row(tax_code=tax_code))


def _remove(request: HttpRequest, form: LineForm, argument: str) -> None:
    form.rows = [row for row in form.rows if row.key != argument]


def _up(request: HttpRequest, form: LineForm, argument: str) -> None:
    _move(form, argument, -1)


def _down(request: HttpRequest, form: LineForm, argument: str) -> None:
    _move(form, argument, 1)


def _move(form: LineForm, key: str, step: int) -> None:
    places = {row.key: place for place, row in enumerate(form.rows)}
    place = places.get(key)
    if place is not None and 0 <= place + step < len(form.rows):
        form.rows.insert(place + step, form.rows.pop(place))


def _paste(request: HttpRequest, form: LineForm, argument: str) -> None:
    """Each pasted row becomes a product where one is called so, else a write-in."""
    fallback = default_tax_code() if form.has_header else None
    for pasted in read_pasted(request.POST.get("pasted", "")):
        product = _find(request, pasted.name)
        row = (
            _row_for(product, is_taxed=form.has_header)
            if product
            else blank_row(tax_code=fallback, name=pasted.name)
        )
        row.cells["quantity"] = pasted.quantity or "1"
        row.cells["price"] = pasted.price
        row.cells["discount"] = pasted.discount
        form.rows.append(row)


_COMMANDS: dict[str, Callable[[HttpRequest, LineForm, str], None]] = {
    "add": _add,
    "write-in": _write_in,
    "remove": _remove,
    "up": _up,
    "down": _down,
    "paste": _paste,
}


def _row_for(product: Product, *, is_taxed: bool) -> Row:
    tax_code = (product.tax_code or default_tax_code()) if is_taxed else None
    return new_row(product, tax_code=tax_code)


def _sellable(request: HttpRequest) -> Any:
    day = timezone.localdate(clock.now())
    rows = Product.objects.visible_to(request.actor, Privilege.APPEND_TO)  # type: ignore[attr-defined]
    return rows.sellable(day).select_related("tax_code")


def _get(request: HttpRequest, chosen: str) -> Product | None:
    if not chosen.isdecimal() or len(chosen) > MAX_ID_DIGITS:
        return None
    found: Product | None = (
        Product.objects.visible_to(request.actor, Privilege.APPEND_TO)  # type: ignore[attr-defined]
        .select_related("tax_code")
        .filter(pk=int(chosen))
        .first()
    )
    reason = found and unsellable_reason(found, day=timezone.localdate(clock.now()))
    if reason:
        raise RuleViolation(reason, fields={"product": reason})
    return found


def _find(request: HttpRequest, name: str) -> Product | None:
    """The one product for sale with this code or this name."""
    if "\0" in name:
        return None
    for lookup in ("code__iexact", "name__iexact"):
        found = list(_sellable(request).filter(**{lookup: name})[:2])
        if len(found) == 1:
            return found[0]  # type: ignore[no-any-return]
    return None


# Pages


def _show(
    request: HttpRequest,
    record_type: RecordType,
    form: LineForm,
    *,
    is_figures_only: bool = False,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "sums": sums_of(form)}
    if request.htmx and is_figures_only:  # type: ignore[attr-defined]
        return render(request, "sales_docs/_figures.html", context)
    context |= grid_context(form) | {"record_type": record_type, "record": form.record}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "sales_docs/editor.html", context, status=status)
    response = render(request, "sales_docs/_editor_swap.html", context)
    response["HX-Retarget"] = "#document-lines"
    response["HX-Reswap"] = "outerHTML"
    return response
