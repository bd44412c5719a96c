from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.models.principal import User
from crm.models.undo_job import UndoJob


class ImportJob(models.Model):
    """One row is one file on its way in: uploaded, mapped, tried out, run, perhaps undone."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        FAILED = "failed", _("Stopped")

    target = models.CharField(max_length=40)
    file_name = models.CharField(_("file"), max_length=200)
    columns = models.JSONField(default=list)
    shape = models.CharField(max_length=64, help_text=_("Fingerprint of target and header."))
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UPLOADED)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    done_count = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    undo = models.OneToOneField(UndoJob, models.SET_NULL, null=True, related_name="import_job")

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["created_by", "-created_at"], name="crm_import_mine"),
            models.Index(fields=["shape", "-id"], name="crm_import_shape"),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row is one line of an imported file with its verdict and what became of it."""

    class Verdict(models.TextChoices):
        WAITING = "", _("Not checked")
        NEW = "new", _("New")
        UPDATE = "update", _("Update")
        SAME = "same", _("Unchanged")
        DUPLICATE = "duplicate", _("Duplicate")
        ERROR = "error", _("Error")

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    cells = models.JSONField()
    verdict = models.CharField(
        _("verdict"), max_length=10, choices=Verdict, default=Verdict.WAITING, blank=True
    )
    problems = models.JSONField(default=list)
    is_done = models.BooleanField(default=False)
    record_id = models.BigIntegerField(null=True)
    operation = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("imported line")
        verbose_name_plural = _("imported lines")
        constraints = [models.UniqueConstraint(fields=["job", "line"], name="crm_import_row_once")]
        indexes = [models.Index(fields=["job", "verdict", "line"], name="crm_import_verdict")]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.line}"
