from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordTypeLabel(models.Model):
    """One row is an administrator's name for a record type in one language."""

    record_type = models.CharField(_("record type"), max_length=40)
    language = models.CharField(_("language"), max_length=8)
    singular = models.CharField(_("one of them"), max_length=60)
    plural = models.CharField(_("several of them"), max_length=60)
    icon = models.CharField(_("icon"), max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "language"], name="crm_type_label_once")
        ]
        verbose_name = _("name of a record type")
        verbose_name_plural = _("names of record types")

    def __str__(self) -> str:
        return f"{self.plural} ({self.language})"


class FieldLabel(models.Model):
    """One row is an administrator's name for a field in one language."""

    record_type = models.CharField(_("record type"), max_length=40)
    field = models.CharField(_("field"), max_length=60)
    language = models.CharField(_("language"), max_length=8)
    label = models.CharField(_("label"), max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "field", "language"], name="crm_field_label_once"
            )
        ]
        verbose_name = _("name of a field")
        verbose_name_plural = _("names of fields")

    def __str__(self) -> str:
        return f"{self.label} ({self.language})"
