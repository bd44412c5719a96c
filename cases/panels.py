"""What record pages, the board and the start page show of cases beyond their fields."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Sum
from django.utils.translation import ngettext

from accounts.models import Account, Contact
from cases.models import Case, Queue
from cases.querysets import URGENCY
from crm import labels
from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.labels.names import in_text
from crm.models.levels import Privilege
from opportunities.models import Opportunity

SHOWN = 5


def customer(actor: Actor, case: Case) -> dict[str, Any] | None:
    """Whose concern it is, as far as the reader may see them; the case brings both along."""
    account, contact = seen(actor, case.account), seen(actor, case.contact)
    if account is None and contact is None:
        return None
    return {"account": account, "contact": contact}


def seen(actor: Actor, record: Any) -> Any:
    """The record, or None where the actor may not see it."""
    if record is None or record.deleted_at is not None:
        return None
    return record if actor.allows(Privilege.READ, record) else None


def other_cases(actor: Actor, case: Case) -> dict[str, Any] | None:
    """The customer's other cases, the latest first."""
    link, customer_id = customer_of(case)
    found = _other_cases(actor, case.pk, customer_id, link=link)
    if not found:
        return None
    return {
        "cases": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "open_count": sum(other.state == Case.State.ACTIVE for other in found),
    }


def customer_of(case: Case) -> tuple[str, int | None]:
    """The link to the account and whom it leads to; to the person where no account is named."""
    if case.account_id is not None:
        return "account", case.account_id
    return "contact", case.contact_id


@prepared
def _other_cases(actor: Actor, case_id: int, customer_id: int, *, link: str) -> QuerySet[Any]:
    rows = Case.objects.visible_to(actor).filter(**{link: customer_id}).exclude(pk=case_id)
    return rows.defer("search_text").order_by("-created_at", "-pk")[: SHOWN + 1]


def open_deals(actor: Actor, case: Case) -> dict[str, Any] | None:
    """The customer's open opportunities; what they are worth together, by currency."""
    link, customer_id = customer_of(case)
    found = _deals_to_close(actor, customer_id, link=link)
    if not found:
        return None
    return {
        "deals": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "totals": _worth(_sums_open(actor, customer_id, link=link)) if found[1:] else [],
    }


@prepared
def _deals_to_close(actor: Actor, customer_id: int, *, link: str) -> QuerySet[Any]:
    rows = Opportunity.objects.visible_to(actor).open().filter(**{link: customer_id})
    return rows.defer("search_text").order_by("est_close_on", "pk")[: SHOWN + 1]


@prepared
def _sums_open(actor: Actor, customer_id: int, *, link: str) -> QuerySet[Any, Any]:
    rows = Opportunity.objects.visible_to(actor).open().filter(**{link: customer_id})
    return rows.order_by().values_list("currency").annotate(Sum("estimated_revenue"))


def _worth(sums: list[tuple[str, Decimal]]) -> list[tuple[Decimal, str]]:
    """Totals by currency, the largest first; currencies don't add up."""
    return sorted(((total, code) for code, total in sums if total), reverse=True)


def process(actor: Actor, case: Case) -> dict[str, Any]:
    """The stages, and whether the reader may move between them."""
    stages = list(Case.Stage)
    here = stages.index(Case.Stage(case.stage))
    is_closed = case.state != Case.State.ACTIVE
    return {
        "stages": [
            (stage, _standing(place, here, is_closed=is_closed))
            for place, stage in enumerate(stages)
        ],
        "may_move": not is_closed and actor.allows(Privilege.WRITE, case),
    }


def _standing(place: int, here: int, *, is_closed: bool) -> str:
    if place < here or (is_closed and place == here):
        return "done"
    return "now" if place == here else "ahead"


def resolution(actor: Actor, case: Case) -> dict[str, Any] | None:
    """How it ended; left out while it is worked on."""
    return {} if case.state == Case.State.RESOLVED else None


def cases_at(link: str) -> Callable[[Actor], QuerySet[Any]]:
    """The rows of such a panel; whether there are any is read along with the record."""
    return lambda actor: Case.objects.visible_to(actor).of_customer(
        **{f"{link}_id": OuterRef("pk")}
    )


def no_cases(link: str) -> Callable[[Actor, Any], dict[str, Any]]:
    """The same panel where there are none."""
    return lambda actor, _record: _shown(actor, []) | {"link": link}


def cases_of_account(actor: Actor, account: Account) -> dict[str, Any]:
    return _of_customer(actor, account.pk, link="account")


def cases_of_contact(actor: Actor, contact: Contact) -> dict[str, Any]:
    return _of_customer(actor, contact.pk, link="contact")


def _of_customer(actor: Actor, customer_id: int, *, link: str) -> dict[str, Any]:
    """The open ones by urgency, then the latest of the others."""
    found = _active_cases(actor, customer_id, link=link)
    if len(found) < SHOWN:
        found += _closed_cases(actor, customer_id, link=link)
    return _shown(actor, found) | {"link": link}


@prepared
def _active_cases(actor: Actor, customer_id: int, *, link: str) -> QuerySet[Any]:
    rows = Case.objects.visible_to(actor).active().filter(**{link: customer_id})
    return rows.defer("search_text").order_by(*URGENCY)[: SHOWN + 1]


@prepared
def _closed_cases(actor: Actor, customer_id: int, *, link: str) -> QuerySet[Any]:
    rows = Case.objects.visible_to(actor).filter(**{link: customer_id})
    closed = rows.exclude(state=Case.State.ACTIVE).order_by("-created_at", "-pk")
    return closed.defer("search_text")[: SHOWN + 1]


def _shown(actor: Actor, found: list[Case]) -> dict[str, Any]:
    return {
        "cases": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "may_create": actor.can("case", Privilege.CREATE),
    }


def active_at_account(actor: Actor) -> QuerySet[Any]:
    """Without these the account's page has no notice; read along with the account."""
    return Case.objects.visible_to(actor).active().of_customer(account_id=OuterRef("pk"))


def active_at_contact(actor: Actor) -> QuerySet[Any]:
    return Case.objects.visible_to(actor).active().of_customer(contact_id=OuterRef("pk"))


def open_at_account(actor: Actor, account: Account) -> dict[str, Any] | None:
    return _notice(actor, account, link="account")


def open_at_contact(actor: Actor, contact: Contact) -> dict[str, Any] | None:
    return _notice(actor, contact, link="contact")


def open_at_customer(actor: Actor, deal: Opportunity) -> dict[str, Any] | None:
    """A warning on a deal: its customer is waiting for an answer."""
    if deal.account is not None:
        return _notice(actor, deal.account, link="account")
    return _notice(actor, deal.contact, link="contact") if deal.contact else None


@prepared
def _count_active(actor: Actor, customer_id: int, *, link: str) -> QuerySet[Any, Any]:
    """How many are open, and how many of these escalated; nothing where there is none."""
    rows = Case.objects.visible_to(actor).active().filter(**{link: customer_id})
    escalated = Count("pk", filter=Q(is_escalated=True))
    return rows.order_by().values("state").annotate(open=Count("pk"), escalated=escalated)


def _notice(actor: Actor, customer_: Any, *, link: str) -> dict[str, Any] | None:
    found = _count_active(actor, customer_.pk, link=link)
    if not found:
        return None
    counts = found[0]
    return {
        "customer": customer_,
        "link": customer_.type_key(),
        "told": _told(actor.name_of(customer_), counts["open"], counts["escalated"]),
    }


def _told(customer_: str, count: int, escalated: int) -> str:
    words = {
        "count": count,
        "escalated": escalated,
        "customer": customer_,
        "type": in_text(labels.singular("case")),
        "types": in_text(labels.plural("case")),
    }
    if escalated:
        return (
            ngettext(
                "%(count)s open %(type)s at %(customer)s, escalated.",
                "%(count)s open %(types)s at %(customer)s, %(escalated)s of them escalated.",
                count,
            )
            % words
        )
    return (
        ngettext(
            "%(count)s open %(type)s at %(customer)s.",
            "%(count)s open %(types)s at %(customer)s.",
            count,
        )
        % words
    )


def queue_contents(actor: Actor, queue: Queue) -> dict[str, Any]:
    """What lies in a queue: how much is waiting, who works on how much."""
    rows = Case.objects.visible_to(actor).active().in_queue(queue.pk)
    counts = rows.aggregate(
        waiting=Count("pk", filter=Q(queue_item__worked_by__isnull=True)),
        taken=Count("pk", filter=Q(queue_item__worked_by__isnull=False)),
    )
    first = rows.untaken().defer("search_text").most_urgent_first().select_related("account")
    return {
        **counts,
        "cases": list(first[:SHOWN]),
        "members": list(queue.members.all()[: SHOWN * 4]),
        "may_set": actor.allows(Privilege.WRITE, queue),
    }


def cases_to_look_at(actor: Actor) -> dict[str, Any] | None:
    """My active cases for the start page: escalated, due for follow-up or urgent first."""
    if not actor.can("case", Privilege.READ):
        return None
    mine = Case.objects.visible_to(actor).worked_by(actor)
    rows = mine.defer("search_text").select_related("account", "contact")
    found = list(rows.order_by(*URGENCY)[: SHOWN + 1])
    if not found:
        return None
    return {
        "cases": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "at_risk": mine.escalated().count(),
        "to_follow_up": mine.to_follow_up().count(),
    }
