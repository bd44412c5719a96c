"""How workers send a mailing: claim, intend, hand over, note the result.

Each step is a small transaction of its own, committed before the next begins, and every step
asks whether the row is still in the state the step before left it in. So whatever dies in
between - this process, the broker, the mail server, the database - no message is handed over a
second time by itself: a claim that runs out is claimed anew, an intent whose result never came
is *unknown* until a person decides. Any number of workers may run at once.

These rows are no records and have no field history; the mailing's own verbs are operations.
"""

import logging
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext as _

from crm import clock
from crm.access.actor import Actor
from crm.company.settings import company
from crm.mail.holding import mail_is_held
from crm.mail.transport import (
    NotNow,
    OutcomeUnknown,
    Refused,
    ServerTrouble,
    Transport,
    open_transport,
)
from crm.operations import emit, operation
from marketing.events import MailingCompleted, MailingInTrouble
from marketing.message.addresses import address_hash
from marketing.message.composing import (
    Prepared,
    Sender,
    build_message,
    fill,
    list_headers,
    message_id,
    prepare,
)
from marketing.message.facts import facts_of, rows_with_facts
from marketing.message.links import unsubscribe_url
from marketing.models import CampaignActivity, Recipient, Send, Suppression
from marketing.services.activities import move

logger = logging.getLogger(__name__)

Row, Why = Recipient.State, Recipient.Reason

BATCH = 50
BATCH_SECONDS = 5  # a batch holds what may leave in this time
LEASE = timedelta(minutes=10)  # for a claim; and for an answer, far above every time-out
RETRY_AFTER = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4))
TROUBLE_AFTER = (15, 30, 60, 120, 300, 600)  # seconds
TOLD_AFTER = 3  # failures in a row; a single one is nothing to run for
IN_BATCH = timedelta(minutes=5)


@dataclass
class Batch:
    """Some recipients leased to one worker, and what is needed to write to them."""

    claim: uuid.UUID
    send: Send
    rows: list[Recipient]
    records: dict[str, dict[int, Any]] = field(default_factory=dict)
    suppressed: frozenset[str] = frozenset()  # hashes; each intent looks once more

    @property
    def activity(self) -> CampaignActivity:
        return self.send.activity


def due_mailings() -> list[int]:
    """Mailings that have a batch to send now; none where mail is held."""
    if mail_is_held():
        return []
    waiting = Recipient.objects.filter(state=Row.PENDING, due_at__lte=Now())
    return list(
        _running_sends()
        .filter(next_claim_at__lte=Now(), activity__in=waiting.values("activity"))
        .order_by("next_claim_at")
        .values_list("pk", flat=True)
    )


def _running_sends() -> Any:
    return Send.objects.filter(
        activity__state=CampaignActivity.State.RUNNING, activity__deleted_at=None
    )


def send_batch(activity_id: int) -> float | None:
    """Claims a batch and sends it. Seconds until the next one may be due, or None for none.

    Never inside a transaction: an intent must be committed before the message leaves.
    """
    batch = None if mail_is_held() else claim_batch(activity_id)
    if batch is None or not batch.rows:
        return None
    try:
        _work(batch)
    finally:
        release(batch.claim)
    return _seconds_to_wait(activity_id)


def claim_batch(activity_id: int) -> Batch | None:
    """Leases the next rows to this worker, as many as the rate allows. None: not now."""
    with transaction.atomic(durable=True):
        send = (
            _running_sends()
            .select_related("activity")
            .select_for_update(of=("self",), skip_locked=True)
            .filter(pk=activity_id, next_claim_at__lte=Now())
            .first()
        )
        if send is None:
            return None
        rate = send.activity.rate_per_minute
        size = max(1, min(BATCH, rate * BATCH_SECONDS // 60))
        batch = Batch(claim=uuid.uuid4(), send=send, rows=[])
        batch.rows = _claim_rows(activity_id, batch.claim, size)
        pause = timedelta(seconds=len(batch.rows) * 60 / rate)
        Send.objects.filter(pk=activity_id).update(
            next_claim_at=Greatest(F("next_claim_at"), Now() - timedelta(seconds=BATCH_SECONDS))
            + pause
        )
    return batch


def _claim_rows(activity_id: int, claim: uuid.UUID, size: int) -> list[Recipient]:
    waiting = Recipient.objects.filter(
        activity_id=activity_id, state=Row.PENDING, due_at__lte=Now()
    ).order_by("due_at", "pk")
    ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
    Recipient.objects.filter(pk__in=ids).update(
        state=Row.CLAIMED, claim=claim, lease_until=Now() + LEASE
    )
    return list(Recipient.objects.filter(pk__in=ids).order_by("pk"))


def release(claim: uuid.UUID) -> int:
    """Gives back what was claimed and not begun."""
    return Recipient.objects.filter(claim=claim, state=Row.CLAIMED).update(
        state=Row.PENDING, claim=None, lease_until=None
    )


def _work(batch: Batch) -> None:
    batch.records = _records_of(batch.rows)
    batch.suppressed = _suppressed_among(batch.rows)
    prepared = prepare(batch.activity, Sender.of(company()))
    until = clock.now() + IN_BATCH
    with open_transport() as transport:
        for row in batch.rows:
            if clock.now() > until or not _send_one(transport, batch, prepared, row):
                return


def _records_of(rows: list[Recipient]) -> dict[str, dict[int, Any]]:
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        wanted[row.record_type].append(row.record_id)
    return {key: rows_with_facts(key, ids) for key, ids in wanted.items()}


def _suppressed_among(rows: list[Recipient]) -> frozenset[str]:
    found = Suppression.objects.filter(address_hash__in=[address_hash(row.address) for row in rows])
    return frozenset(found.values_list("address_hash", flat=True))


def _send_one(transport: Transport, batch: Batch, prepared: Prepared, row: Recipient) -> bool:
    """False when the batch should end: paused, canceled, or the server is in trouble."""
    record = batch.records[row.record_type].get(row.record_id)
    reason = _unwanted(batch, row, record)
    if reason:
        skip(row, reason)
        return True
    try:
        message = _message(batch, prepared, row, record)
    except ValueError as error:
        give_up(row, _("The message can't be written: %(error)s") % {"error": error})
        return True
    if not intend(row, message_id(row, batch.activity)):
        return _is_running(batch)
    return _hand_over(transport, batch, row, message)


def _hand_over(transport: Transport, batch: Batch, row: Recipient, message: Any) -> bool:
    try:
        transport.deliver(message)
    except Refused as failure:
        finish(row, Row.FAILED, str(failure) or _("The mail server refused it."))
    except NotNow as failure:
        _later(row, str(failure))
    except OutcomeUnknown as failure:
        finish(row, Row.UNKNOWN, lost(str(failure)))
    except ServerTrouble as failure:
        _give_back(row)
        note_trouble(actor=Actor.system(), activity_id=batch.send.pk, told=str(failure))
        return False
    else:
        finish(row, Row.SENT, "")
        _forget_trouble(batch.send)
    return True


def lost(told: str) -> str:
    return _("No answer came after the message was handed over: %(error)s") % {"error": told}


def _unwanted(batch: Batch, row: Recipient, record: Any) -> str:
    """Why somebody who was in the audience at launch gets nothing after all."""
    if record is None:
        return Why.GONE
    if record.do_not_email:
        return Why.DO_NOT_EMAIL
    if record.do_not_bulk_email:
        return Why.DO_NOT_BULK_EMAIL
    if address_hash(row.address) in batch.suppressed:
        return Why.UNSUBSCRIBED
    return ""


def _message(batch: Batch, prepared: Prepared, row: Recipient, record: Any) -> Any:
    link = unsubscribe_url(batch.send.site_url, row.key)
    filled = fill(prepared, facts_of(record), unsubscribe_url=link)
    headers = {
        "Message-ID": message_id(row, batch.activity),
        **list_headers(batch.activity, link),
    }
    return build_message(batch.activity, filled, to=row.address, name=row.name, headers=headers)


_INTEND = """
UPDATE marketing_recipient row
SET state = 'sending', attempts = attempts + 1, handed_over_at = statement_timestamp(),
    message_id = %(message_id)s,
    lease_until = statement_timestamp() + %(lease)s
WHERE row.id = %(id)s AND row.claim = %(claim)s AND row.state = 'claimed'
  AND row.lease_until > statement_timestamp()
  AND EXISTS (
    SELECT 1 FROM marketing_campaignactivity activity
    WHERE activity.id = row.activity_id AND activity.state = 'running'
      AND activity.deleted_at IS NULL
  )
  AND NOT EXISTS (
    SELECT 1 FROM marketing_suppression suppression WHERE suppression.address_hash = %(hash)s
  )
"""


_FINISH = """
UPDATE marketing_recipient
SET state = %(state)s, note = %(note)s, lease_until = NULL, finished_at = statement_timestamp()
WHERE id = %(id)s AND claim = %(claim)s AND state IN ('sending', 'unknown')
"""


def intend(row: Recipient, mail_id: str) -> bool:
    """Commits that this worker is about to hand the message over. False: it may not any more."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        params: dict[str, Any] = {
            "id": row.pk,
            "claim": row.claim,
            "message_id": mail_id,
            "lease": LEASE,
            "hash": address_hash(row.address),
        }
        cursor.execute(_INTEND, params)
        return bool(cursor.rowcount)


def _mine(row: Recipient, *states: str) -> Any:
    return Recipient.objects.filter(pk=row.pk, claim=row.claim, state__in=states)


def skip(row: Recipient, reason: str) -> None:
    _mine(row, Row.CLAIMED).update(
        state=Row.SKIPPED, reason=reason, claim=None, lease_until=None, finished_at=Now()
    )


def give_up(row: Recipient, note: str) -> None:
    """No mail server was asked: there is nothing one could send."""
    _mine(row, Row.CLAIMED).update(
        state=Row.FAILED, note=note[:300], lease_until=None, finished_at=Now()
    )


def finish(row: Recipient, state: str, note: str) -> None:
    """Writes how it went; also when the lease has run out meanwhile and nobody decided."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FINISH, {"id": row.pk, "claim": row.claim, "state": state, "note": note[:300]}
        )


def _later(row: Recipient, told: str) -> None:
    tried = row.attempts + 1
    if tried > len(RETRY_AFTER):
        finish(row, Row.FAILED, told)
        return
    _mine(row, Row.SENDING, Row.UNKNOWN).update(
        state=Row.PENDING,
        claim=None,
        lease_until=None,
        note=told[:300],
        due_at=Now() + RETRY_AFTER[tried - 1],
    )


def _give_back(row: Recipient) -> None:
    """The server certainly did not take it; it was no try of this message's own."""
    _mine(row, Row.SENDING, Row.UNKNOWN).update(
        state=Row.PENDING, claim=None, lease_until=None, attempts=F("attempts") - 1
    )


def _is_running(batch: Batch) -> bool:
    return bool(_running_sends().filter(pk=batch.send.pk).exists())


@operation
def note_trouble(*, actor: Actor, activity_id: int, told: str) -> None:
    """Lets the next claim wait, longer each time. Emits MailingInTrouble once per outage."""
    send = Send.objects.select_for_update(of=("self",)).get(pk=activity_id)
    wait = TROUBLE_AFTER[min(send.failures, len(TROUBLE_AFTER) - 1)]
    send.failures, send.trouble = send.failures + 1, told[:300]
    send.next_claim_at = Now() + timedelta(seconds=wait)
    send.save(update_fields=["failures", "trouble", "next_claim_at"])
    if send.failures == TOLD_AFTER:
        emit(MailingInTrouble(send.activity))


def _forget_trouble(send: Send) -> None:
    if send.failures:
        Send.objects.filter(pk=send.pk).update(failures=0, trouble="")
        send.failures = 0


def _seconds_to_wait(activity_id: int) -> float | None:
    """Until the next claim; None when nothing waits that soon."""
    send = _running_sends().filter(pk=activity_id).first()
    waits = Recipient.objects.filter(activity_id=activity_id, state=Row.PENDING, due_at__lte=Now())
    if send is None or not waits.exists():
        return None
    return max(0.0, float((send.next_claim_at - clock.now()).total_seconds()))


def recover_lost() -> tuple[int, int]:
    """Leases that ran out: claims go back, intents become unknown. Returns how many of each."""
    released = Recipient.objects.filter(state=Row.CLAIMED, lease_until__lte=Now()).update(
        state=Row.PENDING, claim=None, lease_until=None
    )
    unknown = Recipient.objects.filter(state=Row.SENDING, lease_until__lte=Now()).update(
        state=Row.UNKNOWN,
        lease_until=None,
        finished_at=Now(),
        note=lost(_("the worker stopped")),
    )
    if unknown:
        logger.warning("%s recipients of mailings are unknown", unknown)
    return released, unknown


def complete_mailings() -> None:
    """Closes mailings in which every recipient has an end state."""
    under_way = Recipient.objects.on_the_way().values("activity")
    for activity_id in (
        _running_sends().exclude(activity__in=under_way).values_list("pk", flat=True)
    ):
        complete_mailing(actor=Actor.system(), activity_id=activity_id)


@operation
def complete_mailing(*, actor: Actor, activity_id: int) -> bool:
    """Closes a mailing once nobody waits. Locks it, emits MailingCompleted, journals the counts."""
    activity = (
        CampaignActivity.objects.alive()
        .select_for_update(of=("self",))
        .filter(pk=activity_id, state=CampaignActivity.State.RUNNING)
        .first()
    )
    rows = Recipient.objects.filter(activity_id=activity_id)
    if activity is None or rows.on_the_way().exists():
        return False
    counts = {state: rows.filter(state=state).count() for state in (Row.SENT, Row.FAILED)}
    activity = move(
        activity,
        CampaignActivity.State.COMPLETED,
        "mailing_completed",
        is_final=True,
        sent=counts[Row.SENT],
        failed=counts[Row.FAILED],
    )
    emit(MailingCompleted(activity))
    return True
