from typing import Any

from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.records.services import lock_record
from crm.registry.registry import registry
from marketing.models import Campaign, CampaignActivity


def lock(
    actor: Actor,
    key: str,
    record_id: int,
    privilege: Privilege = Privilege.WRITE,
    *,
    version: int | None = None,
) -> Any:
    return lock_record(
        actor=actor,
        record_type=registry.get(key),
        record_id=record_id,
        privilege=privilege,
        version=version,
    )


def lock_with_campaign(
    actor: Actor, record_id: int, *, version: int | None = None
) -> CampaignActivity:
    """The campaign first, then its activity: parents are locked before children."""
    campaign_ids = CampaignActivity.objects.filter(pk=record_id).values("campaign_id")
    list(Campaign.objects.select_for_update(of=("self",)).filter(pk__in=campaign_ids))
    activity: CampaignActivity = lock(actor, "campaignactivity", record_id, version=version)
    return activity
