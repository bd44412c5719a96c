"""What changed from one revision of a quote to the next, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from crm.models.levels import Privilege
from crm.registry.declaration import RecordType
from crm.registry.links import record_url
from sales_docs.cards import card_of
from sales_docs.models import DocumentLine, Quote
from sales_docs.services.editing import lines_of
from sales_docs.wording import Figures

# A pill's tone and icon; what is the same in both has none.
TONES = {"added": ("good", "plus"), "removed": ("bad", "minus"), "changed": ("warn", "pencil")}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One line in both revisions; a side without it is empty."""

    change: str  # added | removed | changed | same
    label: str
    name: str
    before: str
    after: str
    net_before: str
    net_after: str

    @property
    def tone(self) -> str:
        return TONES.get(self.change, ("", ""))[0]

    @property
    def icon(self) -> str:
        return TONES.get(self.change, ("", ""))[1]


def compare_revisions(request: HttpRequest, record_type: RecordType, record: Quote) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    actor.require(Privilege.READ, record)
    earlier = Quote.objects.visible_to(actor).filter(pk=record.revises_id).first()
    if earlier is None:
        raise Http404
    context = {
        "record": record,
        "record_type": record_type,
        "record_url": record_url(record),
        "earlier": card_of(earlier),
        "later": card_of(record),
        "differences": list(compare_lines(earlier, record)),
        "currency": record.currency_id,
    }
    return render(request, "sales_docs/comparison.html", context)


def compare_lines(earlier: Quote, later: Quote) -> Iterator[Difference]:
    """Lines of the same item belong together, in order; the rest was added or removed."""
    waiting = [_Side.of(line, Figures.of(earlier)) for line in lines_of(earlier)]
    for line in lines_of(later):
        now = _Side.of(line, Figures.of(later))
        was = next((each for each in waiting if each.item == now.item), None)
        if was is not None:
            waiting.remove(was)
        yield _difference(was, now)
    for was in waiting:
        yield _difference(was, None)


@dataclass(frozen=True, kw_only=True)
class _Side:
    """A line in one of the revisions, in words. Two are of one item when `item` is equal."""

    item: tuple[int | None, str]
    name: str
    said: str
    net: str

    @classmethod
    def of(cls, line: DocumentLine, figures: Figures) -> "_Side":
        discount = figures.discount(line)
        said = f"{figures.quantity(line.quantity)} × {figures.price(line.price_per_unit)}"
        return cls(
            item=(line.product_id, "" if line.product_id else line.name),
            name=line.name,
            said=f"{said} − {discount}" if discount else said,
            net=figures.amount(line.net_amount),
        )


def _difference(was: _Side | None, now: _Side | None) -> Difference:
    change, label = _change(was, now)
    line = now or was
    return Difference(
        change=change,
        label=label,
        name=line.name if line else "",
        before=was.said if was else "",
        after=now.said if now else "",
        net_before=was.net if was else "",
        net_after=now.net if now else "",
    )


def _change(was: _Side | None, now: _Side | None) -> tuple[str, str]:
    if was is None:
        return "added", _("Added")
    if now is None:
        return "removed", _("Removed")
    if (was.said, was.net) == (now.said, now.net):
        return "same", _("As before")
    return "changed", _("Changed")
