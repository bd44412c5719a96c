"""A quote's life: made from an opportunity, activated, revised, closed."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.registry.registry import registry
from opportunities.models import Opportunity
from opportunities.services import lose_opportunity
from sales_docs.calculation import price_lines, put_totals
from sales_docs.events import QuoteActivated, QuoteClosed, QuoteRevised
from sales_docs.models import Quote
from sales_docs.rules.documents import require_something_to_send, require_state
from sales_docs.services.copying import copy_header, copy_lines, save_copy
from sales_docs.services.customers import fill_addresses
from sales_docs.services.editing import lines_of
from sales_docs.services.locking import (
    lock_document,
    lock_parents,
    made_before,
)
from sales_docs.services.recalculation import fill_taxes, recalculate

CLOSED_STATES = (Quote.State.DRAFT, Quote.State.ACTIVE)


@operation
def create_quote_from_opportunity(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    name: str = "",
    request_key: UUID | None = None,
) -> Quote:
    """A draft with the customer, currency, prices and lines of an open opportunity.

    Locks the opportunity. A repeated `request_key` gives the quote it made the first time.
    Raises RuleViolation when the opportunity is closed or names no customer.
    """
    opportunity = lock_document(
        actor=actor, key="opportunity", record_id=record_id, privilege=Privilege.READ
    )
    actor.require_type(Privilege.CREATE, "quote")
    made: Quote | None = made_before(Quote, request_key, opportunity=opportunity)
    if made:
        return made
    refuse_stale(opportunity, version)
    if opportunity.state != Opportunity.State.OPEN:
        raise RuleViolation(_("This is closed already. Reopen it first."))
    if opportunity.account_id is None and opportunity.contact_id is None:
        raise RuleViolation(_("Say whom it is for first: a company, a person or both."))
    quote = save_copy(_quote_for(opportunity, actor, name=name, request_key=request_key))
    copy_lines(lines_of(opportunity), quote, locks=False)
    fill_taxes(quote)
    made_quote: Quote = recalculate(quote)
    return made_quote


def _quote_for(
    opportunity: Opportunity, actor: Actor, *, name: str, request_key: UUID | None
) -> Quote:
    quote = Quote(
        name=name or opportunity.name,
        owner_id=actor.id or opportunity.owner_id,
        opportunity=opportunity,
        account_id=opportunity.account_id,
        contact_id=opportunity.contact_id,
        currency_id=opportunity.currency_id,
        price_list_id=opportunity.price_list_id,
        request_key=request_key,
    )
    fill_addresses(quote, actor)
    return quote


@operation
def activate_quote(*, actor: Actor, record_id: int, version: int | None = None) -> Quote:
    """Freezes a draft, so that it stays what the customer was sent.

    Locks the quote; writes down the customer's addresses. Journals 'activated', emits
    QuoteActivated. Raises RuleViolation when there is nothing on it or a price is missing.
    """
    quote: Quote = lock_document(actor=actor, key="quote", record_id=record_id)
    if quote.state == Quote.State.ACTIVE:
        return quote
    require_state(quote, Quote.State.DRAFT, message=_("Only a draft %(type)s can be activated."))
    refuse_stale(quote, version)
    lines = lines_of(quote)
    totals = price_lines(quote, [(str(line.pk), line) for line in lines])
    require_something_to_send(quote, totals)
    for line in lines:
        line.save()
    old = {name: getattr(quote, name) for name in ("billing_name", "billing_address")}
    old |= {name: getattr(quote, name) for name in ("delivery_name", "delivery_address")}
    fill_addresses(quote, actor)
    changes = put_totals(quote, totals) | old | {"state": quote.state, "activated_at": None}
    quote.state = Quote.State.ACTIVE
    quote.activated_at = current().at
    if quote.valid_from is None:
        changes["valid_from"] = None
        quote.valid_from = min(_today(), quote.valid_until or _today())
    quote = save_changed(registry.get("quote"), quote, changes)
    journal("activated", quote, is_final=True)
    emit(QuoteActivated(quote_id=quote.pk))
    return quote


@operation
def revise_quote(*, actor: Actor, record_id: int, version: int | None = None) -> Quote:
    """Closes an active quote as revised and makes a draft of the next revision.

    The number stays, the revision goes up by one, the lines are copied. Pressed twice, it gives
    the same draft. Locks the quote; journals 'revised', emits QuoteRevised.
    """
    quote: Quote = lock_document(actor=actor, key="quote", record_id=record_id)
    actor.require_type(Privilege.CREATE, "quote")
    made: Quote | None = Quote.objects.alive().filter(revises=quote).first()
    if made:
        return made
    refuse_stale(quote, version)
    require_state(quote, Quote.State.ACTIVE, message=_("Only an active %(type)s can be revised."))
    revision: Quote = copy_header(
        quote,
        Quote(),
        number=quote.number,
        revision=quote.revision + 1,
        revises=quote,
        valid_until=quote.valid_until,
        requested_delivery_on=quote.requested_delivery_on,
    )
    _close(quote, Quote.Reason.REVISED, on=_today(), note="")
    revision = save_copy(revision)
    copy_lines(lines_of(quote), revision, locks=False)
    journal("revised", quote, is_final=True, revision=revision.revision)
    emit(QuoteRevised(quote_id=quote.pk, revision_id=revision.pk))
    return revision


@operation
def close_quote(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    reason: str,
    closed_on: date | None = None,
    note: str = "",
    loses_opportunity: bool = False,
) -> Quote:
    """Closes a draft or active quote as lost or canceled, and on request its opportunity as lost.

    Locks the opportunity, then the quote. Journals 'closed', emits QuoteClosed. The opportunity
    can be lost only when no other of its quotes is open.
    """
    lock_parents(Quote, record_id)
    quote: Quote = lock_document(actor=actor, key="quote", record_id=record_id, version=version)
    if reason not in {Quote.Reason.LOST, Quote.Reason.CANCELED}:
        raise RuleViolation(_("Choose a reason."), fields={"reason": _("Choose a reason.")})
    require_state(quote, *CLOSED_STATES, message=_("This %(type)s is closed already."))
    quote = _close(quote, Quote.Reason(reason), on=closed_on or _today(), note=note)
    journal("quote_closed", quote, reason=reason, note=note)
    emit(QuoteClosed(quote_id=quote.pk, reason=reason))
    if loses_opportunity and quote.opportunity_id:
        lose_opportunity(
            actor=actor,
            record_id=quote.opportunity_id,
            version=None,
            reason=Opportunity.Reason.CANCELED,
            closed_on=closed_on or _today(),
        )
    return quote


def _close(quote: Quote, reason: Quote.Reason, *, on: date, note: str) -> Quote:
    changes = {
        "state": quote.state,
        "reason": quote.reason,
        "closed_on": quote.closed_on,
        "closing_note": quote.closing_note,
    }
    quote.state, quote.reason = Quote.State.CLOSED, reason
    quote.closed_on, quote.closing_note = on, note
    closed: Quote = save_changed(registry.get("quote"), quote, changes)
    return closed


def close_siblings(quote: Quote, *, actor: Actor, on: date) -> list[Quote]:
    """Closes the other open quotes of the quote's opportunity as canceled, in key order.

    Raises AccessDenied when the actor may not change one of them.
    """
    siblings = Quote.objects.alive().open().of_opportunity(quote.opportunity_id or 0)
    closed = []
    for sibling in siblings.exclude(pk=quote.pk).order_by("pk").select_for_update(of=("self",)):
        if not actor.allows(Privilege.WRITE, sibling):
            raise RuleViolation(_refusal_of(sibling, actor))
        closed.append(_close(sibling, Quote.Reason.CANCELED, on=on, note=""))
        journal("quote_closed", sibling, reason=Quote.Reason.CANCELED.value, note="")
        emit(QuoteClosed(quote_id=sibling.pk, reason=Quote.Reason.CANCELED.value))
    return closed


def _refusal_of(sibling: Quote, actor: Actor) -> str:
    if actor.sees(sibling):
        return _("%(number)s is open too, and you may not close it.") % {"number": sibling.number}
    return labels.with_names(
        _("Open %(types)s that you may not see must be closed first."), "quote"
    )


def _today() -> date:
    return timezone.localdate(current().at)
