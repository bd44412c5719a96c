"""Activities that are no mailing: they start, cost something and end."""

from typing import Any

from crm.access.actor import Actor
from crm.operations import current, journal, operation
from crm.records.services import save_changed
from crm.registry.registry import registry
from marketing import rules
from marketing.models import CampaignActivity
from marketing.services.locking import lock

State = CampaignActivity.State


def move(activity: CampaignActivity, to: str, verb: str, **data: Any) -> CampaignActivity:
    """Writes a new state with its moment, inside an operation that holds the activity."""
    is_final = bool(data.pop("is_final", False))
    changes: dict[str, Any] = {"state": activity.state}
    activity.state = to
    if to == State.RUNNING and activity.started_at is None:
        changes["started_at"], activity.started_at = None, current().at
    ended_at = current().at if to in (State.COMPLETED, State.CANCELED) else None
    if activity.ended_at != ended_at:
        changes["ended_at"], activity.ended_at = activity.ended_at, ended_at
    saved: CampaignActivity = save_changed(registry.get("campaignactivity"), activity, changes)
    journal(verb, saved, is_final=is_final, **data)
    return saved


def _lock_other(actor: Actor, record_id: int, *, version: int | None = None) -> CampaignActivity:
    activity: CampaignActivity = lock(actor, "campaignactivity", record_id, version=version)
    rules.refuse_mailing(activity)
    return activity


@operation
def start_activity(*, actor: Actor, record_id: int, version: int | None = None) -> CampaignActivity:
    """Says that it has begun. Journals 'activity_started'."""
    activity = _lock_other(actor, record_id, version=version)
    rules.refuse_unless_state(activity, State.PROPOSED)
    return move(activity, State.RUNNING, "activity_started")


@operation
def complete_activity(
    *, actor: Actor, record_id: int, version: int | None = None
) -> CampaignActivity:
    """Says that it is done. Journals 'activity_completed'."""
    activity = _lock_other(actor, record_id, version=version)
    rules.refuse_unless_state(activity, State.PROPOSED, State.RUNNING)
    return move(activity, State.COMPLETED, "activity_completed")


@operation
def cancel_activity(
    *, actor: Actor, record_id: int, version: int | None = None
) -> CampaignActivity:
    """Calls it off. Journals 'activity_canceled'."""
    activity = _lock_other(actor, record_id, version=version)
    rules.refuse_unless_state(activity, State.PROPOSED, State.RUNNING)
    return move(activity, State.CANCELED, "activity_canceled")


@operation
def reopen_activity(
    *, actor: Actor, record_id: int, version: int | None = None
) -> CampaignActivity:
    """Takes it up again. Journals 'activity_reopened'."""
    activity = _lock_other(actor, record_id, version=version)
    rules.refuse_unless_state(activity, State.COMPLETED, State.CANCELED)
    return move(activity, State.RUNNING, "activity_reopened")
