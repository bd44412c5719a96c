from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordTypeName(models.Model):
    """One row stands for a record type in the settings: its icon, and its names below."""

    record_type = models.CharField(max_length=40, primary_key=True, editable=False)
    icon = models.CharField(
        _("icon"), max_length=40, blank=True, help_text=_("Empty: the icon it came with.")
    )

    class Meta:
        verbose_name = _("names of a record type")
        verbose_name_plural = _("names of record types")
        ordering = ("record_type",)

    def __str__(self) -> str:
        """What the type's model is called, which is what administrators call it."""
        called = (
            model._meta.verbose_name_plural
            for model in apps.get_models()
            if model._meta.model_name == self.record_type
        )
        return str(next(called, self.record_type))


class RecordTypeLabel(models.Model):
    """One row is an administrator's name for a record type in one language."""

    record_type = models.ForeignKey(
        RecordTypeName, models.CASCADE, related_name="names", verbose_name=_("record type")
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    singular = models.CharField(_("one of them"), max_length=60)
    plural = models.CharField(_("several of them"), max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_type", "language"], name="crm_type_name_once")
        ]
        verbose_name = _("name")
        verbose_name_plural = _("names")

    def __str__(self) -> str:
        return f"{self.plural} ({self.language})"


class FieldLabel(models.Model):
    """One row is an administrator's name for a field in one language."""

    record_type = models.ForeignKey(
        RecordTypeName, models.CASCADE, related_name="fields", verbose_name=_("record type")
    )
    field = models.CharField(_("field"), max_length=60)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    label = models.CharField(_("label"), max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_type", "field", "language"], name="crm_field_name_once"
            )
        ]
        verbose_name = _("name of a field")
        verbose_name_plural = _("names of fields")

    def __str__(self) -> str:
        return f"{self.label} ({self.language})"
