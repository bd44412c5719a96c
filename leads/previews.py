"""What qualifying by a plan would do, in the order in which people think of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crm.access.actor import Actor
from crm.errors import CrmError
from crm.models import Activity, File
from crm.models.levels import Privilege
from crm.records.history.consequences import Consequences, Effect, rehearse
from crm.registry.events import ChangeKind
from crm.registry.registry import registry
from leads.models import Lead
from leads.plans import Choice, Plan, Step
from leads.services import qualify_lead
from opportunities.models import Opportunity

WARNED = 3
KEYS = ("account", "contact", "opportunity")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that will happen; the template has a sentence for each `kind`."""

    kind: str  # create | works_for | deal | use | move | campaign | other | kept | close
    icon: str
    key: str = ""
    title: str = ""
    other: str = ""
    fields: str = ""
    reason: object = ""  # why a used record stays as it is
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Preview:
    lines: list[Line]
    owner: str = ""  # '' when the reader will own what is made
    refusal: CrmError | None = None
    rivals: list[Opportunity] = field(default_factory=list)
    rival_account: str = ""


def preview(actor: Actor, lead: Lead, plan: Plan) -> Preview:
    """Carries the plan out in a transaction that is rolled back, and says what it did."""
    _result, seen = rehearse(
        actor=actor, service=qualify_lead, lead_id=lead.pk, version=lead.version, plan=plan
    )
    if seen.refusal:
        return Preview(lines=[], refusal=seen.refusal)
    used = {key: _used(actor, key, step) for key, step in plan.steps()}
    account = used["account"]
    return Preview(
        lines=list(_lines(actor, lead, plan, seen, used)),
        owner=_owner(actor, seen),
        rivals=_open_deals(actor, account, plan),
        rival_account=str(account or ""),
    )


def _used(actor: Actor, key: str, step: Step) -> Any:
    if step.choice is not Choice.USE or step.record_id is None:
        return None
    rows = registry.get(key).model.objects.visible_to(actor)
    return rows.filter(pk=step.record_id).first()


def _owner(actor: Actor, seen: Consequences) -> str:
    """Whose the new deal will be; nobody is named when it is the reader's own."""
    deal = seen.of(ChangeKind.CREATED, "opportunity")
    if deal is None or deal.record.owner_id == actor.id:
        return ""
    return str(deal.record.owner.name)


def _lines(
    actor: Actor, lead: Lead, plan: Plan, seen: Consequences, used: dict[str, Any]
) -> Iterator[Line]:
    company = _company(seen, used)
    for key in KEYS:
        created, changed = seen.of(ChangeKind.CREATED, key), seen.of(ChangeKind.CHANGED, key)
        if created is not None:
            yield _created(key, created, company)
        elif used[key] is not None:
            yield from _use(key, used[key], changed, seen)
    yield from _campaign(actor, seen)
    for effect in seen.effects:
        if effect.record_type.key not in (*KEYS, "lead"):
            yield Line(kind="other", icon=effect.icon, title=effect.title)
    yield from _kept(lead, plan)
    if seen.of(ChangeKind.CHANGED, "lead") is not None:
        yield Line(kind="close", icon="lock")


def _company(seen: Consequences, used: dict[str, Any]) -> str:
    created = seen.of(ChangeKind.CREATED, "account")
    return created.title if created is not None else str(used["account"] or "")


def _created(key: str, effect: Effect, company: str) -> Line:
    if key == "opportunity":
        stage = effect.record.get_stage_display()
        return Line(kind="deal", icon="plus", key=key, title=effect.title, other=stage)
    if key == "contact" and company:
        return Line(kind="works_for", icon="plus", key=key, title=effect.title, other=company)
    return Line(kind="create", icon="plus", key=key, title=effect.title)


def _use(key: str, record: Any, changed: Effect | None, seen: Consequences) -> Iterator[Line]:
    """A contact that gets another employer is told to move."""
    reasons = [one.reason for one in seen.left_alone if one.record == record]
    fields = changed.fields if changed is not None else ()
    moved = [one for one in fields if (key, one.name) == ("contact", "account")]
    filled = [one.label for one in fields if one not in moved]
    yield Line(
        kind="use",
        icon="link",
        key=key,
        title=str(record),
        fields=", ".join(filled),
        reason=reasons[0] if reasons else "",
    )
    for one in moved:
        yield Line(kind="move", icon="arrow-right", title=str(record), other=one.after)


def _campaign(actor: Actor, seen: Consequences) -> Iterator[Line]:
    """A new deal is counted to the campaign that brought the lead."""
    deal = seen.of(ChangeKind.CREATED, "opportunity")
    campaign = deal.record.campaign if deal is not None else None
    if campaign is not None and actor.allows(Privilege.READ, campaign):
        yield Line(kind="campaign", icon="megaphone", title=str(campaign))


def _kept(lead: Lead, plan: Plan) -> Iterator[Line]:
    """Notes, activities and files stay with the lead and show on the deal."""
    if plan.opportunity.choice is Choice.SKIP:
        return
    entries = Activity.objects.alive().regarding(lead).count()
    files = File.objects.filter(record_type="lead", record_id=lead.pk, deleted_at=None).count()
    if entries or files:
        yield Line(kind="kept", icon="sticky-note", count=entries + files)


def _open_deals(actor: Actor, account: Any, plan: Plan) -> list[Opportunity]:
    """Deals a second one might double."""
    if account is None or plan.opportunity.choice is not Choice.CREATE:
        return []
    rows = Opportunity.objects.visible_to(actor).open().filter(account=account)
    return list(rows.select_related("owner").recent_first()[:WARNED])
