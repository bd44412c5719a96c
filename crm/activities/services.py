"""Work on records: tasks, calls, appointments, e-mails and notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.activities.events import ActivityLogged
from crm.activities.files import attach_file
from crm.activities.tasks import send_pending_mail
from crm.errors import NotVisible, RuleViolation
from crm.models import Activity, Record
from crm.models.levels import Privilege
from crm.operations import current, emit, journal, operation
from crm.records.services import lock_key_share, lock_record, refuse_stale, save_changed, save_new
from crm.registry.declaration import RecordType
from crm.registry.registry import registry
from crm.runtime.enqueueing import enqueue

Kind, State, Delivery = Activity.Kind, Activity.State, Activity.Delivery
PLANNED = (Kind.TASK, Kind.CALL, Kind.APPOINTMENT)
MOST_RECIPIENTS = 20
SUBJECT_LENGTH = 240


def prepare_activity(activity: Activity, changes: Mapping[str, Any]) -> None:
    """What the timeline sorts by follows from the dates."""
    if activity.kind == Kind.APPOINTMENT and activity.due_at is None:
        raise RuleViolation(
            _("An appointment needs a start."), fields={"due_at": _("Say when it starts.")}
        )
    if activity.end_at and (activity.due_at is None or activity.end_at < activity.due_at):
        raise RuleViolation(
            _("The end is before the start."), fields={"end_at": _("Choose a later moment.")}
        )
    if activity.kind == Kind.NOTE and activity.state == State.OPEN:
        activity.state, activity.done_at = State.COMPLETED, current().at
    happened = activity.done_at or activity.due_at or activity.created_at
    activity.happened_at = happened if isinstance(happened, datetime) else current().at


@operation
def create_activity(
    *, actor: Actor, record_type: RecordType, values: Mapping[str, Any]
) -> Activity:
    """Writes an activity that hangs on no record: what the type's own form makes."""
    return log_activity(actor=actor, regarding=None, values=values)


@operation
def log_activity(*, actor: Actor, regarding: Record | None, values: Mapping[str, Any]) -> Activity:
    """Writes an activity about a record the actor can see (or about none).

    An e-mail is stored as pending; the worker sends it once this is committed. A call or an
    appointment in the past has happened. Emits ActivityLogged. Raises NotVisible, AccessDenied,
    RuleViolation.
    """
    actor.require_type(Privilege.CREATE, Activity.type_key())
    if regarding is not None:
        actor.require_type(Privilege.APPEND, Activity.type_key())
        actor.require(Privilege.APPEND_TO, regarding)
        if lock_key_share(type(regarding), regarding.pk) is None:
            raise NotVisible
    given = {name: value for name, value in values.items() if name != "owner" or value}
    activity: Any = Activity(**given)
    activity.owner_id = activity.owner_id or actor.id
    if regarding is not None:
        activity.regarding_type = regarding.type_key()
        activity.regarding_id = regarding.pk
    _complete_what_is_past(activity)
    saved: Activity = save_new(registry.get("activity"), activity)
    emit(ActivityLogged(activity=saved, regarding=regarding))
    if saved.delivery == Delivery.PENDING:
        enqueue_mail()
    return saved


def _complete_what_is_past(activity: Activity) -> None:
    now = current().at
    if not activity.subject:
        activity.subject = first_line(activity.body)
    if activity.kind == Kind.EMAIL:
        _address(activity)
        activity.state, activity.done_at = State.COMPLETED, now
    elif activity.kind == Kind.CALL and (activity.due_at is None or activity.due_at <= now):
        activity.state, activity.done_at = State.COMPLETED, activity.due_at or now
    elif activity.kind == Kind.APPOINTMENT and activity.due_at:
        ended = activity.end_at or activity.due_at
        if ended <= now:
            activity.state, activity.done_at = State.COMPLETED, activity.due_at


def first_line(text: str) -> str:
    """The subject of a note is its first line."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    return line[:SUBJECT_LENGTH] or str(_("Note"))


def _address(activity: Activity) -> None:
    """An outgoing mail: at least one good address, no line breaks where headers are made."""
    recipients = [address.strip() for address in activity.recipients if address.strip()]
    if not recipients or len(recipients) > MOST_RECIPIENTS:
        raise RuleViolation(
            _("Give between one and twenty addresses."),
            fields={"recipients": _("Separate addresses with commas.")},
        )
    for address in recipients:
        _check_address(address)
    activity.subject = " ".join(activity.subject.split())
    activity.recipients = recipients
    activity.delivery = Delivery.PENDING


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise RuleViolation(
            _("“%(address)s” is not an e-mail address.") % {"address": address},
            fields={"recipients": _("Check “%(address)s”.") % {"address": address}},
        ) from error


def enqueue_mail() -> None:
    enqueue(send_pending_mail)


@operation
def add_to_timeline(
    *, actor: Actor, record: Record, values: Mapping[str, Any], upload: Any = None
) -> Activity:
    """What the composer makes: an activity, and the file that goes with it."""
    if upload and not values.get("body"):
        values = {**values, "body": upload.name[:SUBJECT_LENGTH]}
    activity = log_activity(actor=actor, regarding=record, values=values)
    if upload:
        attach_file(actor=actor, record=record, upload=upload, activity=activity)
    return activity


def _lock(actor: Actor, record_id: int, *, version: int | None = None) -> Activity:
    found: Activity = lock_record(
        actor=actor,
        record_type=registry.get("activity"),
        record_id=record_id,
        privilege=Privilege.WRITE,
        version=version,
    )
    return found


@operation
def complete_activity(*, actor: Actor, record_id: int, version: int | None = None) -> Activity:
    """Marks open work as done, now. Doing it twice changes nothing. Journals 'completed'."""
    activity = _lock(actor, record_id)
    if activity.state == State.COMPLETED:
        return activity
    refuse_stale(activity, version)
    if activity.state == State.CANCELED:
        raise RuleViolation(_("This was canceled. Open it again first."))
    return _move(activity, State.COMPLETED, "completed")


@operation
def cancel_activity(*, actor: Actor, record_id: int, version: int | None = None) -> Activity:
    """Says that planned work will not happen. Journals 'canceled'."""
    activity = _lock(actor, record_id)
    if activity.state == State.CANCELED:
        return activity
    refuse_stale(activity, version)
    if activity.state != State.OPEN:
        raise RuleViolation(_("Only open work can be canceled."))
    return _move(activity, State.CANCELED, "canceled")


@operation
def reopen_activity(*, actor: Actor, record_id: int, version: int | None = None) -> Activity:
    """Makes done or canceled work planned again. Journals 'reopened'."""
    activity = _lock(actor, record_id)
    if activity.state == State.OPEN:
        return activity
    refuse_stale(activity, version)
    if activity.kind not in PLANNED:
        raise RuleViolation(_("What was sent or written can't be opened again."))
    return _move(activity, State.OPEN, "reopened")


@operation
def reschedule_activity(
    *, actor: Actor, record_id: int, due_at: datetime, version: int | None = None
) -> Activity:
    """Gives planned work another time; what lasts, lasts as long as before.

    Journals 'rescheduled'.
    """
    activity = _lock(actor, record_id, version=version)
    if activity.state != State.OPEN:
        raise RuleViolation(_("Only open work can be given another time."))
    changes: dict[str, Any] = {"due_at": activity.due_at}
    if activity.end_at and activity.due_at:
        changes["end_at"] = activity.end_at
        activity.end_at = due_at + (activity.end_at - activity.due_at)
    activity.due_at = due_at
    saved: Activity = save_changed(registry.get("activity"), activity, changes)
    journal("rescheduled", saved)
    return saved


def _move(activity: Activity, state: Activity.State, verb: str) -> Activity:
    changes = {"state": activity.state, "done_at": activity.done_at}
    activity.state = state
    activity.done_at = current().at if state == State.COMPLETED else None
    saved: Activity = save_changed(registry.get("activity"), activity, changes)
    journal(verb, saved)
    return saved


@operation
def send_again(*, actor: Actor, record_id: int, version: int | None = None) -> Activity:
    """Puts a mail that failed back into the queue. Journals 'sent_again'."""
    activity = _lock(actor, record_id, version=version)
    if activity.delivery != Delivery.FAILED:
        raise RuleViolation(_("Only a mail that failed can be sent again."))
    changes = {"delivery": activity.delivery, "delivery_note": activity.delivery_note}
    activity.delivery, activity.delivery_note = Delivery.PENDING, ""
    saved: Activity = save_changed(registry.get("activity"), activity, changes)
    journal("sent_again", saved, is_final=True)
    enqueue_mail()
    return saved
