"""The course of a campaign, and the lists it addresses."""

from datetime import date
from typing import Any

from django.utils import timezone

from crm.access.actor import Actor
from crm.models import JournalEntry
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.registry.registry import registry
from marketing import rules
from marketing.events import CampaignSuspended
from marketing.models import Campaign, MarketingList
from marketing.services.locking import lock

State = Campaign.State


def _today() -> date:
    return timezone.localdate(current().at)


def _move(campaign: Campaign, to: str, verb: str, **dates: date | None) -> Campaign:
    changes: dict[str, Any] = {"state": campaign.state}
    campaign.state = to
    for name, value in dates.items():
        changes[name] = getattr(campaign, name)
        setattr(campaign, name, value)
    saved: Campaign = save_changed(registry.get("campaign"), campaign, changes)
    journal(verb, saved)
    return saved


@operation
def mark_ready(*, actor: Actor, record_id: int, version: int | None = None) -> Campaign:
    """Says that planning is done. Journals 'campaign_ready'."""
    campaign = lock(actor, "campaign", record_id, version=version)
    rules.refuse_unless_state(campaign, State.PROPOSED)
    return _move(campaign, State.READY, "campaign_ready")


@operation
def launch_campaign(*, actor: Actor, record_id: int, version: int | None = None) -> Campaign:
    """Starts a campaign, or takes a suspended one up again. Journals 'campaign_launched'."""
    campaign = lock(actor, "campaign", record_id, version=version)
    rules.refuse_unless_state(campaign, State.PROPOSED, State.READY, State.SUSPENDED)
    return launch(campaign)


def launch(campaign: Campaign) -> Campaign:
    """For an operation that holds the campaign: a first mailing starts it as well."""
    started = campaign.actual_start_on or _today()
    return _move(campaign, State.LAUNCHED, "campaign_launched", actual_start_on=started)


@operation
def suspend_campaign(*, actor: Actor, record_id: int, version: int | None = None) -> Campaign:
    """Interrupts a campaign. Journals 'campaign_suspended', emits CampaignSuspended."""
    campaign = lock(actor, "campaign", record_id, version=version)
    rules.refuse_unless_state(campaign, State.LAUNCHED)
    emit(CampaignSuspended(campaign))
    return _move(campaign, State.SUSPENDED, "campaign_suspended")


@operation
def complete_campaign(*, actor: Actor, record_id: int, version: int | None = None) -> Campaign:
    """Ends a campaign whose activities are done. Journals 'campaign_completed'."""
    campaign = lock(actor, "campaign", record_id, version=version)
    rules.refuse_unless_state(campaign, State.LAUNCHED, State.SUSPENDED)
    return _end(campaign, State.COMPLETED, "campaign_completed")


@operation
def cancel_campaign(*, actor: Actor, record_id: int, version: int | None = None) -> Campaign:
    """Calls a campaign off. Refused while a mailing goes out. Journals 'campaign_canceled'."""
    campaign = lock(actor, "campaign", record_id, version=version)
    rules.refuse_unless_state(
        campaign, State.PROPOSED, State.READY, State.LAUNCHED, State.SUSPENDED
    )
    return _end(campaign, State.CANCELED, "campaign_canceled")


def _end(campaign: Campaign, to: str, verb: str) -> Campaign:
    rules.refuse_while_mailing(list(campaign.activities.alive()))
    ended = campaign.actual_end_on or max(_today(), campaign.actual_start_on or _today())
    return _move(campaign, to, verb, actual_end_on=ended)


@operation
def reopen_campaign(*, actor: Actor, record_id: int, version: int | None = None) -> Campaign:
    """Takes a closed campaign up again. Journals 'campaign_reopened'."""
    campaign = lock(actor, "campaign", record_id, version=version)
    rules.refuse_unless_state(campaign, State.COMPLETED, State.CANCELED)
    to = State.LAUNCHED if campaign.actual_start_on else State.PROPOSED
    return _move(campaign, to, "campaign_reopened", actual_end_on=None)


@operation
def add_list(
    *, actor: Actor, record_id: int, version: int | None = None, marketing_list: MarketingList
) -> Campaign:
    """Addresses one more list. Journals 'list_added'."""
    campaign: Campaign = lock(actor, "campaign", record_id, Privilege.APPEND, version=version)
    actor.require(Privilege.APPEND_TO, marketing_list)
    if not campaign.lists.filter(pk=marketing_list.pk).exists():
        campaign.lists.add(marketing_list)
        journal("list_added", campaign, list=marketing_list)
    return campaign


@operation
def remove_list(
    *, actor: Actor, record_id: int, list_id: int, version: int | None = None
) -> Campaign:
    """Leaves a list out again; what was sent to it stays. Journals 'list_removed'.

    One that is not there changes nothing. Raises NotVisible, AccessDenied, StaleVersion.
    """
    campaign: Campaign = lock(actor, "campaign", record_id, Privilege.APPEND)
    found = campaign.lists.visible_to(actor).filter(pk=list_id).first()
    if found is not None:
        refuse_stale(campaign, version)
        campaign.lists.remove(found)
        journal("list_removed", campaign, list=found)
    return campaign


def undo_adding_list(actor: Actor, entry: JournalEntry) -> None:
    lock(actor, "campaign", entry.record_id, Privilege.APPEND).lists.remove(
        entry.data["list"]["id"]
    )


def undo_removing_list(actor: Actor, entry: JournalEntry) -> None:
    campaign = lock(actor, "campaign", entry.record_id, Privilege.APPEND)
    campaign.lists.add(*MarketingList.objects.visible_to(actor).filter(pk=entry.data["list"]["id"]))
