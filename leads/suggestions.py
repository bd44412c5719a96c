"""What a lead could become: existing records it looks like, and the plan we would choose."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from crm.access.actor import Actor
from crm.records.merging.duplicates import find_duplicates
from crm.registry.registry import registry
from leads.likeness import Reason, Strength, account_reasons, contact_reasons, strength_of
from leads.mapping import account_values, contact_values
from leads.models import Lead
from leads.plans import Plan, Step
from opportunities.models import Opportunity

OFFERED = 4
ORDER = list(Strength)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An existing record that may be used instead of a new one."""

    record: Any
    strength: Strength
    reasons: tuple[Reason, ...] = ()
    note: str = ""

    @property
    def value(self) -> str:
        return f"use:{self.record.pk}"

    @property
    def is_known(self) -> bool:
        return self.strength is Strength.KNOWN


@dataclass(frozen=True, kw_only=True)
class Suggestions:
    account: tuple[Candidate, ...]
    contact: tuple[Candidate, ...]
    opportunity: tuple[Candidate, ...]

    def __getitem__(self, key: str) -> tuple[Candidate, ...]:
        found: tuple[Candidate, ...] = getattr(self, key)
        return found


def suggest(actor: Actor, lead: Lead) -> Suggestions:
    """Visible candidates for each part, the likeliest first; earlier records before all."""
    accounts = _accounts(actor, lead)
    contacts = _contacts(actor, lead)
    return Suggestions(
        account=accounts,
        contact=contacts,
        opportunity=_opportunities(actor, lead, accounts, contacts),
    )


def _accounts(actor: Actor, lead: Lead) -> tuple[Candidate, ...]:
    values = {**account_values(lead), "email": lead.email}
    alike = [
        Candidate(
            record=match.record,
            reasons=tuple(reasons := account_reasons(lead, match.record)),
            strength=strength_of(reasons),
            note=account_note(match.record, actor),
        )
        for match in find_duplicates(actor, registry.get("account"), values)
    ]
    return _known_first(_known(actor, Account, lead.account_id, account_note), alike)


def _contacts(actor: Actor, lead: Lead) -> tuple[Candidate, ...]:
    matches = find_duplicates(actor, registry.get("contact"), contact_values(lead))
    prefetch_related_objects([match.record for match in matches], "account")
    alike = [
        Candidate(
            record=match.record,
            reasons=tuple(reasons := contact_reasons(lead, match.record)),
            strength=strength_of(reasons),
            note=contact_note(match.record, actor),
        )
        for match in matches
    ]
    return _known_first(_known(actor, Contact, lead.contact_id, contact_note), alike)


def _known(actor: Actor, model: Any, record_id: int | None, note: Any) -> list[Candidate]:
    """The record the lead is linked to, by hand or by an earlier qualification."""
    rows = model.objects.visible_to(actor).filter(pk=record_id) if record_id else ()
    return [Candidate(record=row, strength=Strength.KNOWN, note=note(row, actor)) for row in rows]


def _known_first(known: list[Candidate], alike: list[Candidate]) -> tuple[Candidate, ...]:
    taken = {candidate.record.pk for candidate in known}
    others = [candidate for candidate in alike if candidate.record.pk not in taken]
    others.sort(key=_likeliest_first)
    return tuple([*known, *others][:OFFERED])


def _likeliest_first(candidate: Candidate) -> tuple[int, int, int, int]:
    points = sum(reason.points for reason in candidate.reasons)
    closest = max((reason.percent for reason in candidate.reasons), default=0)
    return ORDER.index(candidate.strength), -points, -closest, -candidate.record.pk


def _opportunities(
    actor: Actor, lead: Lead, accounts: Iterable[Candidate], contacts: Iterable[Candidate]
) -> tuple[Candidate, ...]:
    """Open deals of the customers it may belong to."""
    known = _known(actor, Opportunity, lead.opportunity_id, opportunity_note)
    known = [candidate for candidate in known if candidate.record.state == Opportunity.State.OPEN]
    customers = Q(account__in=_likely(accounts)) | Q(contact__in=_likely(contacts))
    rows = Opportunity.objects.visible_to(actor).open().filter(customers)
    alike = [
        Candidate(record=row, strength=Strength.POSSIBLE, note=opportunity_note(row, actor))
        for row in rows.select_related("account", "contact", "owner").recent_first()[:OFFERED]
    ]
    return _known_first(known, alike)


def _likely(candidates: Iterable[Candidate]) -> list[int]:
    return [one.record.pk for one in candidates if one.strength is not Strength.WEAK]


def account_note(account: Account, _actor: Actor) -> str:
    since = account.customer_since_on
    if since:
        standing = _("customer since %(year)s") % {"year": since.year}
    else:
        standing = str(account.get_relationship_display())
    return " · ".join(filter(None, (account.city, standing)))


def contact_note(contact: Contact, actor: Actor) -> str:
    return " · ".join(filter(None, (contact.job_title, actor.name_of(contact.account))))


def opportunity_note(opportunity: Opportunity, actor: Actor) -> str:
    customer = opportunity.account or opportunity.contact
    return " · ".join(
        filter(
            None,
            (
                actor.name_of(customer),
                str(opportunity.get_stage_display()),
                opportunity.owner.name,
            ),
        )
    )


def default_plan(lead: Lead, found: Suggestions) -> Plan:
    """Uses what is known or strongly alike, creates what has a name, skips the rest."""
    return Plan(
        account=_default(found.account, may_create=bool(lead.company)),
        contact=_default(found.contact, may_create=bool(lead.last_name)),
        opportunity=_default_opportunity(found.opportunity),
    )


def _default(candidates: tuple[Candidate, ...], *, may_create: bool) -> Step:
    if candidates and candidates[0].strength in (Strength.KNOWN, Strength.STRONG):
        return Step.use(candidates[0].record.pk)
    return Step.create() if may_create else Step.skip()


def _default_opportunity(candidates: tuple[Candidate, ...]) -> Step:
    if candidates and candidates[0].strength is Strength.KNOWN:
        return Step.use(candidates[0].record.pk)
    return Step.create()


def lookalikes(found: Suggestions) -> list[Candidate]:
    """Strong candidates a person should look at, where nothing is linked already."""
    return [
        candidates[0]
        for candidates in (found.account, found.contact)
        if candidates and candidates[0].strength is Strength.STRONG
    ]
