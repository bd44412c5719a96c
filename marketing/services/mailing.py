"""What people decide about a mailing: content, audience, launch, pause, and unknown ones."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.company.settings import company
from crm.errors import RuleViolation
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, operation
from crm.records.services import refuse_stale, save_changed
from crm.records.services.concurrent_edits import merge_values
from crm.registry.registry import registry
from marketing import rules
from marketing.audience import write_recipients
from marketing.events import CampaignSuspended, MailingLaunched, MailingResumed
from marketing.message.content import refuse_bad_content
from marketing.models import CampaignActivity, MarketingList, Recipient, Send
from marketing.services.activities import move
from marketing.services.campaigns import launch as launch_its_campaign
from marketing.services.locking import lock, lock_with_campaign

State, Row = CampaignActivity.State, Recipient.State
CONTENT = (
    "subject",
    "message",
    "plain_text",
    "sender_name",
    "sender_email",
    "reply_to",
    "language",
)


def _lock_draft(actor: Actor, record_id: int) -> CampaignActivity:
    activity: CampaignActivity = lock(actor, "campaignactivity", record_id)
    rules.refuse_unless_draft(activity)
    return activity


@operation
def write_content(
    *, actor: Actor, record_id: int, version: int | None = None, **values: str
) -> CampaignActivity:
    """Writes subject, message and sender of a mailing that is not launched yet.

    Locks the activity. Raises NotVisible, AccessDenied, RuleViolation (also for placeholders
    that do not exist), StaleVersion.
    """
    activity = _lock_draft(actor, record_id)
    wanted = {name: values[name] for name in CONTENT if name in values}
    refuse_bad_content(wanted)
    return _change(activity, version, wanted)


def _change(
    activity: CampaignActivity, version: int | None, wanted: dict[str, Any]
) -> CampaignActivity:
    if version is not None and version != activity.version:
        wanted = merge_values(activity, version, wanted)
    old = {name: getattr(activity, name) for name in wanted}
    changes = {name: value for name, value in old.items() if value != wanted[name]}
    for name in changes:
        setattr(activity, name, wanted[name])
    if not changes:
        return activity
    saved: CampaignActivity = save_changed(registry.get("campaignactivity"), activity, changes)
    return saved


@operation
def choose_audience(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    lists: Iterable[MarketingList],
    quiet_days: int,
) -> CampaignActivity:
    """Says whom a mailing goes to. Its campaign addresses these lists as well.

    Lists the actor may not see stay as they are. Locks the activity, journals 'lists_chosen'.
    Raises NotVisible, AccessDenied, RuleViolation.
    """
    activity = _lock_draft(actor, record_id)
    chosen = {found.pk: found for found in lists}
    for found in chosen.values():
        actor.require(Privilege.APPEND_TO, found)
    shown = set(activity.lists.visible_to(actor).values_list("pk", flat=True))
    if shown != set(chosen):
        activity.lists.remove(*(shown - set(chosen)))
        activity.lists.add(*(set(chosen) - shown))
        activity.campaign.lists.add(*chosen)
        journal("lists_chosen", activity, is_final=True, count=len(chosen))
    return _change(activity, version, {"quiet_days": quiet_days})


@operation
def launch_mailing(
    *,
    actor: Actor,
    record_id: int,
    version: int | None,
    site_url: str,
    rate_per_minute: int | None = None,
) -> CampaignActivity:
    """Decides about every recipient, once, and lets workers begin.

    Posted twice, the first one counts. Locks the campaign, then the activity; writes a row per
    member, sent or left out with the reason. Emits MailingLaunched, journals
    'mailing_launched'. Raises NotVisible, AccessDenied, RuleViolation.
    """
    activity = lock_with_campaign(actor, record_id)
    if activity.state in rules.UNDER_WAY and Send.objects.filter(activity=activity).exists():
        return activity
    rules.refuse_unless_draft(activity)
    refuse_stale(activity, version)
    rules.refuse_unready(activity, company())
    refuse_bad_content({name: getattr(activity, name) for name in CONTENT})
    if rate_per_minute is not None:
        activity = _change(activity, None, {"rate_per_minute": rate_per_minute})
    write_recipients(actor, activity, at=current().at)
    waiting = Recipient.objects.filter(activity=activity, state=Row.PENDING).count()
    if not waiting:
        raise RuleViolation(_("Nobody would get it. Choose a list with people who may be mailed."))
    _begin(actor, activity, site_url)
    if activity.campaign.state != activity.campaign.State.LAUNCHED:
        launch_its_campaign(activity.campaign)
    skipped = Recipient.objects.filter(activity=activity, state=Row.SKIPPED).count()
    counts = {"recipients": waiting, "left_out": skipped}
    activity = move(activity, State.RUNNING, "mailing_launched", is_final=True, **counts)
    emit(MailingLaunched(activity))
    return activity


def _begin(actor: Actor, activity: CampaignActivity, site_url: str) -> None:
    Send.objects.create(
        activity=activity,
        launched_at=current().at,
        launched_by_id=actor.id,
        site_url=site_url,
        next_claim_at=current().at,
    )


def _lock_mailing(actor: Actor, record_id: int, *, version: int | None = None) -> CampaignActivity:
    activity: CampaignActivity = lock_with_campaign(actor, record_id, version=version)
    rules.refuse_unless_mailing(activity)
    return activity


@operation
def pause_mailing(*, actor: Actor, record_id: int, version: int | None = None) -> CampaignActivity:
    """Workers stop before the next message. Journals 'mailing_paused'."""
    activity = _lock_mailing(actor, record_id, version=version)
    rules.refuse_unless_state(activity, State.RUNNING)
    return pause(activity)


def pause_mailings_of(event: CampaignSuspended) -> None:
    """Subscribed: the e-mails of a suspended campaign stop going out. Locks them in key order."""
    running = CampaignActivity.objects.alive().filter(
        campaign=event.campaign, state=State.RUNNING, channel="email"
    )
    for activity in running.order_by("pk").select_for_update(of=("self",)):
        pause(activity)


def pause(activity: CampaignActivity) -> CampaignActivity:
    """For an operation that holds the activity."""
    return move(activity, State.PAUSED, "mailing_paused", is_final=True)


@operation
def resume_mailing(*, actor: Actor, record_id: int, version: int | None = None) -> CampaignActivity:
    """Workers go on where they stopped. Emits MailingResumed, journals 'mailing_resumed'."""
    activity = _lock_mailing(actor, record_id, version=version)
    rules.refuse_unless_state(activity, State.PAUSED)
    rules.refuse_closed_campaign(activity)
    return _resume(activity)


def _resume(activity: CampaignActivity) -> CampaignActivity:
    Send.objects.filter(activity=activity).update(
        next_claim_at=current().at, failures=0, trouble=""
    )
    activity = move(activity, State.RUNNING, "mailing_resumed", is_final=True)
    emit(MailingResumed(activity))
    return activity


@operation
def cancel_mailing(*, actor: Actor, record_id: int, version: int | None = None) -> CampaignActivity:
    """Whoever has not been written to yet is left out. Journals 'mailing_canceled'.

    A message a worker is just handing over still gets its result.
    """
    activity = _lock_mailing(actor, record_id, version=version)
    rules.refuse_unless_state(activity, State.PROPOSED, *rules.UNDER_WAY)
    rows = Recipient.objects.filter(activity=activity, state__in=(Row.PENDING, Row.CLAIMED))
    left_out = rows.update(
        state=Row.SKIPPED,
        reason=Recipient.Reason.CANCELED,
        claim=None,
        lease_until=None,
        finished_at=current().at,
    )
    return move(activity, State.CANCELED, "mailing_canceled", is_final=True, left_out=left_out)


@operation
def change_rate(
    *, actor: Actor, record_id: int, version: int | None = None, rate_per_minute: int
) -> CampaignActivity:
    """Sets how many mails a minute may leave, at most; also while it runs."""
    activity = _lock_mailing(actor, record_id, version=version)
    rules.refuse_unless_state(activity, State.PROPOSED, *rules.UNDER_WAY)
    return _change(activity, None, {"rate_per_minute": rate_per_minute})


@operation
def resolve_unknown(
    *,
    actor: Actor,
    record_id: int,
    verdict: str,
    recipient_id: int | None = None,
    version: int | None = None,
) -> int:
    """A person decides about messages nobody knows the fate of: one, or all of a mailing.

    `verdict` is 'sent' or 'failed', which only writes it down, or 'again', which sends the
    message once more and may reach its reader twice. Returns how many. Locks the activity,
    journals 'unknown_settled'. Raises NotVisible, AccessDenied, RuleViolation, StaleVersion.
    """
    activity = _lock_mailing(actor, record_id, version=version)
    rows = Recipient.objects.filter(activity=activity, state=Row.UNKNOWN)
    if recipient_id is not None:
        rows = rows.filter(pk=recipient_id)
    settled = _SETTLE[verdict](activity, rows)
    if settled:
        journal("unknown_settled", activity, is_final=True, verdict=verdict, count=settled)
    return settled


def _note_sent(activity: CampaignActivity, rows: Any) -> int:
    note = _("Marked as sent by hand.")
    return int(rows.update(state=Row.SENT, claim=None, note=note, finished_at=F("handed_over_at")))


def _note_failed(activity: CampaignActivity, rows: Any) -> int:
    note = _("Marked as not sent by hand.")
    return int(rows.update(state=Row.FAILED, claim=None, note=note))


def _send_again(activity: CampaignActivity, rows: Any) -> int:
    rules.refuse_unless_state(activity, *rules.UNDER_WAY, State.COMPLETED)
    rules.refuse_closed_campaign(activity)
    waiting = int(
        rows.update(
            state=Row.PENDING,
            claim=None,
            lease_until=None,
            note="",
            due_at=current().at,
            finished_at=None,
        )
    )
    if waiting and activity.state == State.COMPLETED:
        _resume(activity)
    elif waiting:
        emit(MailingResumed(activity))
    return waiting


_SETTLE = {"sent": _note_sent, "failed": _note_failed, "again": _send_again}
