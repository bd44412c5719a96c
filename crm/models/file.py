import uuid

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.models.principal import User


def _place(instance: "File", filename: str) -> str:
    """A name of our own: nothing of what the uploader called it reaches the storage."""
    return f"files/{uuid.uuid4().hex}"


_DISCARD = pgtrigger.Trigger(
    name="discard",
    operation=pgtrigger.Delete,
    when=pgtrigger.After,
    func=(
        "INSERT INTO public.crm_discardedcontent (name, discarded_at) "
        "VALUES (OLD.content, now()); RETURN NULL;"
    ),
)


class File(models.Model):
    """One row is a file attached to a record; who may read the record may read it."""

    record_type = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    activity = models.ForeignKey("crm.Activity", models.CASCADE, null=True, related_name="files")
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(_("size"))
    content = models.FileField(upload_to=_place, max_length=200)
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["record_type", "record_id", "-id"], name="crm_file_record"),
            models.Index(
                fields=["deleted_at"],
                name="crm_file_bin",
                condition=models.Q(deleted_at__isnull=False),
            ),
        ]
        triggers = [_DISCARD]
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name


class DiscardedContent(models.Model):
    """One row is a content in the storage whose file is gone, written by a trigger."""

    name = models.CharField(max_length=200)
    discarded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
