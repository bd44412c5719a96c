"""What the kernel itself tells of, whatever the record type, and who hears it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm import labels
from crm.activities.events import ActivityLogged, MailFailed
from crm.models import Activity, BulkJob, ImportJob, Notification, UndoJob
from crm.notifications.kinds import Kind
from crm.notifications.writing import notify, report
from crm.operations import current
from crm.records.history.undo_jobs import IN_REQUEST
from crm.registry.events import ImportEnded, JobEnded, RecordsAssigned, RecordShared, UndoEnded
from crm.registry.registry import registry

Work = Activity.Kind

WRITTEN = {
    Work.NOTE: _("%(name)s wrote a note on this %(type)s"),
    Work.EMAIL: _("%(name)s sent an e-mail about this %(type)s"),
    Work.CALL: _("%(name)s logged a phone call on this %(type)s"),
    Work.APPOINTMENT: _("%(name)s planned an appointment on this %(type)s"),
    Work.TASK: _("%(name)s planned a task on this %(type)s"),
}
DUE = {
    Work.TASK: _("This task is due"),
    Work.CALL: _("This phone call is due"),
    Work.APPOINTMENT: _("This appointment begins"),
}


def _ended(done: Any, stopped: Any) -> Any:
    return lambda data: stopped if data.get("is_stopped") else done


def _job_place(told: Notification) -> tuple[str, str]:
    called = labels.plural(told.record_type) if told.record_type in registry else _("Many rows")
    return str(called), reverse("jobs:job", args=[told.data["job"]])


def _import_place(told: Notification) -> tuple[str, str]:
    return str(told.data["file"]), reverse("imports:job", args=[told.data["job"]])


def _undo_place(told: Notification) -> tuple[str, str]:
    """Where the undo was begun: the job's page, the import's, or its own."""
    pages = {"bulk": "jobs:job", "import": "imports:job", "undo": "jobs:undo_job"}
    page = pages[told.data.get("page", "undo")]
    return str(_("Undo of many records")), reverse(page, args=[told.data["job"]])


def _by_work(sentences: Mapping[Any, Any], otherwise: Any) -> Any:
    return lambda data: sentences.get(data.get("work"), otherwise)


KINDS = (
    Kind(
        key="assigned",
        label=_("Somebody assigns something to me"),
        icon="user-check",
        sentence=_("%(name)s assigned this %(type)s to you"),
        many=_("%(name)s assigned %(count)s %(types)s to you"),
    ),
    Kind(
        key="shared",
        label=_("Somebody shares something with me"),
        icon="share-2",
        sentence=_("%(name)s shared this %(type)s with you"),
    ),
    Kind(
        key="written",
        label=_("Somebody writes or plans something on what is mine"),
        icon="message-square",
        sentence=_by_work(WRITTEN, WRITTEN[Work.NOTE]),
        many=_("%(name)s wrote on %(count)s of your %(types)s"),
    ),
    Kind(
        key="due",
        label=_("A task, phone call or appointment of mine is due"),
        icon="alarm-clock",
        sentence=_by_work(DUE, DUE[Work.TASK]),
    ),
    Kind(
        key="mail_failed",
        label=_("An e-mail I wrote could not be sent"),
        icon="mail-x",
        sentence=_("This e-mail could not be sent"),
        many=_("%(count)s e-mails could not be sent"),
    ),
    Kind(
        key="job_ended",
        label=_("A change to many rows is done, or stops"),
        icon="list-checks",
        sentence=_ended(
            _("Your change to many rows is done"), _("Your change to many rows has stopped")
        ),
        place=_job_place,
    ),
    Kind(
        key="import_ended",
        label=_("An import is done, or stops"),
        icon="upload",
        sentence=_ended(_("Your import is done"), _("Your import has stopped")),
        place=_import_place,
    ),
    Kind(
        key="undo_ended",
        label=_("An undo of many records is done, or stops"),
        icon="undo-2",
        sentence=_ended(
            _("Your undo of many records is done"), _("Your undo of many records has stopped")
        ),
        place=_undo_place,
    ),
)


def notify_new_owner(event: RecordsAssigned) -> None:
    """What the system itself makes, a hundred answers to a mailing, interrupts nobody."""
    if current().actor.id is not None:
        about = (event.record_type, event.record_id)
        notify("assigned", to=[event.owner_id], about=about, count=event.count)


def notify_who_may_see(event: RecordShared) -> None:
    about = (event.record.type_key(), event.record.pk)
    notify("shared", to=[event.principal_id], about=about)


def notify_owner_of_record(event: ActivityLogged) -> None:
    """Who gets the work itself hears of that, and need not be told twice."""
    work, record = event.activity, event.regarding
    if record is None or current().actor.id is None or record.owner_id == work.owner_id:
        return
    about = (record.type_key(), record.pk)
    notify("written", to=[record.owner_id], about=about, data={"work": work.kind})


def notify_writer(event: MailFailed) -> None:
    report("mail_failed", to=[event.activity.owner_id], about=("activity", event.activity.pk))


def notify_of_job(event: JobEnded) -> None:
    job = event.job
    data = {"job": job.pk, "is_stopped": job.state == BulkJob.State.FAILED}
    report("job_ended", to=[job.created_by_id], about=(job.record_type, None), data=data)


def notify_of_import(event: ImportEnded) -> None:
    job = event.job
    stopped = job.state == ImportJob.State.FAILED
    data = {"job": job.pk, "file": job.file_name, "is_stopped": stopped}
    about = (job.target if job.target in registry else "", None)
    report("import_ended", to=[job.created_by_id], about=about, data=data)


def notify_of_undo(event: UndoEnded) -> None:
    """Of a small one only that it stopped: who began it has watched it to its end."""
    job = event.job
    stopped = job.state == UndoJob.State.FAILED
    if job.total <= IN_REQUEST and not stopped:
        return
    page, key = _page_of_undo(job)
    data = {"page": page, "job": key, "is_stopped": stopped}
    report("undo_ended", to=[job.created_by_id], about=("", None), data=data)


def _page_of_undo(job: UndoJob) -> tuple[str, int]:
    for page, model in (("bulk", BulkJob), ("import", ImportJob)):
        key = model.objects.filter(undo=job).values_list("pk", flat=True).first()  # type: ignore[attr-defined]
        if key is not None:
            return page, key
    return "undo", job.pk


SUBSCRIPTIONS = (
    (RecordsAssigned, notify_new_owner),
    (RecordShared, notify_who_may_see),
    (ActivityLogged, notify_owner_of_record),
    (MailFailed, notify_writer),
    (JobEnded, notify_of_job),
    (ImportEnded, notify_of_import),
    (UndoEnded, notify_of_undo),
)
