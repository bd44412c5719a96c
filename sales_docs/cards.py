"""A document in one line of a panel: where it is, what it comes to, where it stands."""

from dataclasses import dataclass
from typing import Any

from crm import labels
from crm.registry.links import record_url
from crm.registry.registry import registry
from sales_docs.models import Invoice, Quote
from sales_docs.wording import Figures


@dataclass(frozen=True, kw_only=True)
class DocumentCard:
    pk: int
    url: str
    name: str
    shown_number: str
    total: str
    state: str
    tone: str
    icon: str


def card_of(document: Any) -> DocumentCard:
    status = registry.of(document).status
    tone, icon = status.tones.get(document.state, ("", "")) if status else ("", "")
    return DocumentCard(
        pk=document.pk,
        url=record_url(document),
        name=document.name,
        shown_number=shown_number(document),
        total=Figures.of(document).money(document.total_amount),
        state=document.get_state_display(),
        tone=tone,
        icon=icon,
    )


def shown_number(document: Any) -> str:
    """What it is called by: its number, or its kind while it has none."""
    if isinstance(document, Quote):
        return document.number_and_revision
    if isinstance(document, Invoice) and not document.number:
        return labels.singular("invoice")
    return str(document.number)
