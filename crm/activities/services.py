"""Work on records: tasks, calls, appointments, e-mails and notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.access.levels import Privilege
from crm.activities.events import ActivityLogged
from crm.errors import RuleViolation
from crm.models import Activity, Record
from crm.operations import current, emit, journal, operation
from crm.records.registry import registry
from crm.records.services import lock_record, save_changed, save_new

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
    if activity.end_at and activity.due_at and activity.end_at < activity.due_at:
        raise RuleViolation(
            _("The end is before the start."), fields={"end_at": _("Choose a later moment.")}
        )
    if activity.kind == Kind.NOTE and activity.state == State.OPEN:
        activity.state = State.COMPLETED
        activity.done_at = activity.done_at or _now(activity)
    happened = activity.done_at or activity.due_at or activity.created_at
    activity.happened_at = happened if isinstance(happened, datetime) else current().at


def _now(activity: Activity) -> datetime:
    return activity.created_at if isinstance(activity.created_at, datetime) else current().at


@operation
def log_activity(*, actor: Actor, regarding: Record | None, values: Mapping[str, Any]) -> Activity:
    """Writes an activity about a record the actor can see (or about none).

    An e-mail is stored as pending; the worker sends it once this is committed. Emits
    ActivityLogged. Raises NotVisible, AccessDenied, RuleViolation.
    """
    actor.require_type(Privilege.CREATE, Activity.type_key())
    if regarding is not None:
        actor.require(Privilege.APPEND_TO, regarding)
    activity = Activity(owner_id=actor.id, **values)
    if regarding is not None:
        activity.regarding_type = regarding.type_key()
        activity.regarding_id = regarding.pk
    if not activity.subject:
        activity.subject = first_line(activity.body)
    if activity.kind == Kind.EMAIL:
        _address(activity)
    if activity.kind == Kind.CALL and activity.due_at is None:
        activity.state, activity.done_at = State.COMPLETED, current().at
    saved: Activity = save_new(registry.get("activity"), activity)
    emit(ActivityLogged(activity=saved))
    if saved.delivery == Delivery.PENDING:
        _hurry_mail()
    return saved


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
    activity.state, activity.done_at = State.COMPLETED, current().at
    activity.delivery = Delivery.PENDING


def _check_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise RuleViolation(
            _("“%(address)s” is not an e-mail address.") % {"address": address},
            fields={"recipients": _("Check “%(address)s”.") % {"address": address}},
        ) from error


def _hurry_mail() -> None:
    from crm.tasks import send_pending_mail

    transaction.on_commit(send_pending_mail.delay)


def _lock(actor: Actor, record_id: int) -> Activity:
    found: Activity = lock_record(
        actor=actor,
        record_type=registry.get("activity"),
        record_id=record_id,
        privilege=Privilege.WRITE,
    )
    return found


@operation
def complete_activity(*, actor: Actor, record_id: int, version: int | None = None) -> Activity:
    """Marks open work as done, now. Doing it twice changes nothing."""
    activity = _lock(actor, record_id)
    if activity.state == State.COMPLETED:
        return activity
    return _move(activity, State.COMPLETED, "completed")


@operation
def cancel_activity(*, actor: Actor, record_id: int, version: int | None = None) -> Activity:
    activity = _lock(actor, record_id)
    if activity.state != State.OPEN:
        raise RuleViolation(_("Only open work can be canceled."))
    return _move(activity, State.CANCELED, "canceled")


@operation
def reopen_activity(*, actor: Actor, record_id: int, version: int | None = None) -> Activity:
    activity = _lock(actor, record_id)
    if activity.state == State.OPEN:
        return activity
    if activity.kind not in PLANNED:
        raise RuleViolation(_("What was sent or written can't be opened again."))
    return _move(activity, State.OPEN, "reopened")


def _move(activity: Activity, state: State, verb: str) -> Activity:
    changes = {"state": activity.state, "done_at": activity.done_at}
    activity.state = state
    activity.done_at = current().at if state == State.COMPLETED else None
    saved: Activity = save_changed(registry.get("activity"), activity, changes)
    journal(verb, saved)
    return saved


@operation
def send_again(*, actor: Actor, record_id: int, version: int | None = None) -> Activity:
    """Puts a mail that failed back into the queue."""
    activity = _lock(actor, record_id)
    if activity.delivery != Delivery.FAILED:
        raise RuleViolation(_("Only a mail that failed can be sent again."))
    changes = {"delivery": activity.delivery, "delivery_note": activity.delivery_note}
    activity.delivery, activity.delivery_note = Delivery.PENDING, ""
    saved: Activity = save_changed(registry.get("activity"), activity, changes)
    _hurry_mail()
    return saved
