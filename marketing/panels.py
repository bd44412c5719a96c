"""What record pages show of lists, campaigns and mailings."""

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.models.levels import Privilege
from crm.registry.registry import registry
from leads.models import Lead
from marketing.models import (
    Campaign,
    CampaignActivity,
    CampaignResponse,
    ListMember,
    MarketingList,
    Recipient,
)
from marketing.reports import bar_length, results_of_campaign, states_of
from marketing.steps import steps_of

SHOWN = 6
MEMBERS_SHOWN = 25


def members_of(actor: Actor, record: MarketingList) -> Any:
    """The members of a list the actor may see."""
    on_list = ListMember.objects.filter(list=record, member_type=record.member_type)
    rows = registry.get(record.member_type).model.objects.visible_to(actor)
    return rows.filter(pk__in=on_list.values("member_id")).select_related("owner")


def count_members(actor: Actor, record: MarketingList) -> int:
    return int(members_of(actor, record).order_by().count())


def newest_members(actor: Actor, record: MarketingList) -> dict[str, Any]:
    ids = ListMember.objects.filter(list=record).order_by("-pk").values_list("member_id", flat=True)
    found = members_of(actor, record).in_bulk(list(ids[: MEMBERS_SHOWN * 4]))
    members = [found[pk] for pk in ids[: MEMBERS_SHOWN * 4] if pk in found][:MEMBERS_SHOWN]
    return {
        "members": members,
        "total": count_members(actor, record),
        "may_change": may_change(actor, record),
    }


def may_change(actor: Actor, record: MarketingList) -> bool:
    return not record.is_locked and actor.allows(Privilege.APPEND, record)


def uses_of_list(actor: Actor, record: MarketingList) -> dict[str, Any] | None:
    campaigns = Campaign.objects.visible_to(actor).filter(lists=record).recent_first()
    found = list(campaigns[:SHOWN])
    return {"campaigns": found} if found else None


def lists_of(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    rows = campaign.lists.visible_to(actor).with_members().order_by("name__folded", "pk")
    may = actor.allows(Privilege.APPEND, campaign)
    return {"lists": list(rows), "may_change": may}


def activities_of(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    rows = CampaignActivity.objects.visible_to(actor).filter(campaign=campaign)
    found = list(rows.select_related("owner").order_by("created_at", "pk"))
    progress = states_of(activity for activity in found if activity.is_mailing)
    for activity in found:
        activity.progress = progress.get(activity.pk)
    may_add = actor.can("campaignactivity", Privilege.CREATE)
    return {"activities": found, "may_add": may_add}


def responses_of(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    rows = CampaignResponse.objects.visible_to(actor).filter(campaign=campaign)
    newest = rows.select_related("contact", "account").order_by("-received_on", "-pk")
    found = list(newest[: SHOWN + 1])
    return {
        "responses": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "may_add": actor.can("campaignresponse", Privilege.CREATE),
    }


def results_of(actor: Actor, campaign: Campaign) -> dict[str, Any]:
    results = results_of_campaign(actor, campaign)
    steps = (
        (_("On the lists"), results.on_lists),
        (_("Written to"), results.addressed),
        (_("Sent"), results.sent),
        (labels.plural("campaignresponse"), results.responses),
        (_("Interested"), results.interested),
        (labels.plural("lead"), results.leads),
        (labels.plural("opportunity"), results.opportunities),
        (_("Won"), results.won),
    )
    most = max((count for _label, count in steps), default=0) or 1
    funnel = [(label, count, bar_length(count, most)) for label, count in steps]
    return {"results": results, "funnel": funnel, "record": campaign}


def mailing_of(actor: Actor, activity: CampaignActivity) -> dict[str, Any] | None:
    """The steps of a mailing above its page."""
    if not activity.is_mailing:
        return None
    return {"steps": steps_of(actor, activity, open_step="")}


def became(actor: Actor, response: CampaignResponse) -> dict[str, Any] | None:
    if response.lead_id is None:
        return None
    lead = Lead.objects.visible_to(actor).filter(pk=response.lead_id).first()
    return {"lead": lead} if lead else None


def mailed(type_key: str, actor: Actor) -> QuerySet[Any]:
    """Without these the panel is left out; read along with the record."""
    return Recipient.objects.filter(record_type=type_key, record_id=OuterRef("pk")).exclude(
        state=Recipient.State.SKIPPED
    )


def mailings_to(actor: Actor, record: Any) -> dict[str, Any] | None:
    """What somebody was sent, as far as the reader may see the mailings."""
    found = _latest_mailings(actor, record.pk, type_key=record.type_key())
    return {"recipients": found} if found else None


@prepared
def _latest_mailings(actor: Actor, record_id: int, *, type_key: str) -> QuerySet[Any]:
    visible = CampaignActivity.objects.visible_to(actor)
    rows = Recipient.objects.filter(record_type=type_key, record_id=record_id)
    sent = rows.exclude(state=Recipient.State.SKIPPED).filter(activity__in=visible)
    return sent.select_related("activity").order_by("-pk")[:SHOWN]


def refusal_to_add(actor: Actor, record: Any) -> str | None:
    if actor.can("marketinglist", Privilege.APPEND):
        return None
    return _("Your roles do not allow changing lists. An administrator can change that.")
