"""What qualifying by a plan would do, told before it is done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from crm import clock, labels
from crm.access.actor import Actor
from crm.models import Activity, File, Principal
from crm.models.levels import Privilege
from crm.registry.registry import registry
from leads import mapping
from leads.filling import may_fill
from leads.models import Lead
from leads.plans import Choice, Plan, Step
from opportunities.models import Opportunity

WARNED = 3


@dataclass(frozen=True, kw_only=True)
class Effect:
    """One thing that will happen; the template has a sentence for each `kind`."""

    kind: str  # create | works_for | deal | use | move | campaign | kept | close
    icon: str
    key: str = ""
    title: str = ""
    other: str = ""
    fields: str = ""
    may_change: bool = True
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Preview:
    effects: list[Effect]
    creates: int
    uses: int
    owner: str  # '' when the reader will own what is made
    rivals: list[Opportunity] = field(default_factory=list)
    rival_account: str = ""


def preview(actor: Actor, lead: Lead, plan: Plan, *, title: str) -> Preview:
    """`title` is the topic typed for a new deal."""
    used = {key: _used(actor, key, step) for key, step in plan.steps()}
    effects = [
        *_account(actor, lead, plan, used),
        *_contact(actor, lead, plan, used),
        *_opportunity(actor, lead, plan, used, title),
        *_campaign(actor, lead, plan, used),
        *_kept(lead, plan),
        Effect(kind="close", icon="lock"),
    ]
    account = used["account"]
    return Preview(
        effects=effects,
        creates=plan.count(Choice.CREATE),
        uses=sum(record is not None for record in used.values()),
        owner=_owner(actor, lead),
        rivals=_open_deals(actor, account, plan),
        rival_account=str(account or ""),
    )


def _used(actor: Actor, key: str, step: Step) -> Any:
    if step.choice is not Choice.USE or step.record_id is None:
        return None
    rows = registry.get(key).model.objects.visible_to(actor)
    return rows.filter(pk=step.record_id).first()


def _owner(actor: Actor, lead: Lead) -> str:
    """Whose the new records will be; nobody is named when they are the reader's own."""
    if lead.owner.kind == Principal.Kind.TEAM or lead.owner_id == actor.id:
        return ""
    return str(lead.owner.name)


def _account(actor: Actor, lead: Lead, plan: Plan, used: dict[str, Any]) -> Iterator[Effect]:
    if plan.account.choice is Choice.CREATE:
        yield Effect(kind="create", icon="plus", key="account", title=lead.company)
    elif used["account"] is not None:
        yield _use(actor, "account", used["account"], mapping.account_values(lead))


def _contact(actor: Actor, lead: Lead, plan: Plan, used: dict[str, Any]) -> Iterator[Effect]:
    company = _account_title(lead, plan, used)
    contact = used["contact"]
    if plan.contact.choice is Choice.CREATE:
        kind = "works_for" if company else "create"
        yield Effect(kind=kind, icon="plus", key="contact", title=lead.full_name, other=company)
    elif contact is not None:
        yield _use(actor, "contact", contact, mapping.contact_values(lead))
        account = used["account"]
        is_same = account is not None and account.pk == contact.account_id
        if company and not is_same and may_fill(actor, "contact", contact):
            yield Effect(kind="move", icon="arrow-right", title=str(contact), other=company)


def _account_title(lead: Lead, plan: Plan, used: dict[str, Any]) -> str:
    if plan.account.choice is Choice.CREATE:
        return str(lead.company)
    return str(used["account"] or "")


def _opportunity(
    actor: Actor, lead: Lead, plan: Plan, used: dict[str, Any], title: str
) -> Iterator[Effect]:
    if plan.opportunity.choice is Choice.CREATE:
        stage = str(Opportunity.Stage.QUALIFY.label)
        yield Effect(kind="deal", icon="plus", key="opportunity", title=title, other=stage)
    elif used["opportunity"] is not None:
        values = mapping.opportunity_values(
            lead, today=clock.today(timezone.get_current_timezone())
        )
        values["originating_lead"] = lead.pk
        links = {"account": plan.account, "contact": plan.contact}
        values |= {name: True for name, step in links.items() if step.choice is not Choice.SKIP}
        yield _use(actor, "opportunity", used["opportunity"], values)


def _campaign(actor: Actor, lead: Lead, plan: Plan, used: dict[str, Any]) -> Iterator[Effect]:
    """The deal is counted to the campaign that brought the lead, unless it has one."""
    deal = used["opportunity"]
    is_free = deal is None or (deal.campaign_id is None and may_fill(actor, "opportunity", deal))
    if lead.campaign is None or plan.opportunity.choice is Choice.SKIP or not is_free:
        return
    if actor.allows(Privilege.READ, lead.campaign):
        yield Effect(kind="campaign", icon="megaphone", title=str(lead.campaign))


def _use(actor: Actor, key: str, record: Any, values: dict[str, Any]) -> Effect:
    may_change = may_fill(actor, key, record)
    gaps = mapping.gaps(record, values) if may_change else {}
    named = [labels.field_label(key, name) for name in gaps]
    return Effect(
        kind="use",
        icon="link",
        key=key,
        title=str(record),
        fields=", ".join(named),
        may_change=may_change,
    )


def _kept(lead: Lead, plan: Plan) -> Iterator[Effect]:
    """Notes, activities and files stay with the lead and show on the deal."""
    if plan.opportunity.choice is Choice.SKIP:
        return
    entries = Activity.objects.alive().regarding(lead).count()
    files = File.objects.filter(record_type="lead", record_id=lead.pk, deleted_at=None).count()
    if entries or files:
        yield Effect(kind="kept", icon="sticky-note", count=entries + files)


def _open_deals(actor: Actor, account: Any, plan: Plan) -> list[Opportunity]:
    """Deals a second one might double."""
    if account is None or plan.opportunity.choice is not Choice.CREATE:
        return []
    rows = Opportunity.objects.visible_to(actor).open().filter(account=account)
    return list(rows.select_related("owner").recent_first()[:WARNED])
