"""What every record type's table has: owner, version, moments, bin, history and search text."""

from typing import Any

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.models.principal import Principal
from crm.models.querysets import RecordQuerySet
from crm.models.row import QuickRow
from crm.models.unit import BusinessUnit


class FoldedText(models.Func):
    """Fields joined, without accents and in lower case: what searching compares with."""

    output_field = models.TextField()

    def __init__(self, *fields: str, **extra: Any) -> None:
        super().__init__(*fields, **extra)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        parts: list[str] = []
        params: list[Any] = []
        for expression in self.get_source_expressions():
            sql, values = compiler.compile(expression)
            parts.append(f"coalesce({sql}, '')")
            params.extend(values)
        return "public.crm_fold(" + " || ' ' || ".join(parts) + ")", params


def search_text(*fields: str) -> models.GeneratedField:
    """The stored text that quick find, look-ups and global search match, made of `fields`."""
    return models.GeneratedField(
        expression=FoldedText(*fields),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )


def number_field() -> models.CharField:
    """A number given by the database from the type's series when a row arrives without one."""
    return models.CharField(_("number"), max_length=40, blank=True, editable=False, unique=True)


def number_trigger(series: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="number",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=(
            "IF NEW.number IS NULL OR NEW.number = '' THEN "
            f"NEW.number := public.crm_next_number('{series}'); END IF; RETURN NEW;"
        ),
    )


_KEEP_CURRENT = pgtrigger.Trigger(
    name="keep_current",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func=(
        "NEW.version := OLD.version + 1; "
        "IF NEW.modified_at = OLD.modified_at THEN NEW.modified_at := now(); END IF; "
        "RETURN NEW;"
    ),
)
_KEEP_UNIT = pgtrigger.Trigger(
    name="keep_unit",
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("owner_id"),
    when=pgtrigger.Before,
    func=(
        "SELECT unit_id INTO NEW.unit_id FROM crm_principal WHERE id = NEW.owner_id; RETURN NEW;"
    ),
)
_HISTORY = pgtrigger.Trigger(
    name="history",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.After,
    func=pgtrigger.Func(
        "PERFORM public.crm_record_change('{meta.model_name}', TG_OP, "
        "CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END, "
        "CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END); RETURN NULL;"
    ),
)


class Record(QuickRow):
    """The abstract base of every record type. The unit is the owner's, kept by a trigger."""

    owner = models.ForeignKey(
        Principal, models.PROTECT, related_name="+", verbose_name=_("owner"), db_index=False
    )
    unit = models.ForeignKey(
        BusinessUnit,
        models.PROTECT,
        related_name="+",
        verbose_name=_("business unit"),
        editable=False,
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    created_by = models.ForeignKey(
        Principal,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
        db_index=False,
    )
    modified_at = models.DateTimeField(_("modified"), db_default=Now(), editable=False)
    modified_by = models.ForeignKey(
        Principal,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("modified by"),
        db_index=False,
    )
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)
    external_id = models.CharField(
        _("external id"),
        max_length=120,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Key in the system the record was imported from."),
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        triggers = [_KEEP_CURRENT, _KEEP_UNIT, _HISTORY]
        constraints = [
            models.UniqueConstraint(fields=["external_id"], name="%(class)s_external_id"),
        ]
        indexes = [
            models.Index(fields=["-modified_at", "-id"], name="%(class)s_recent"),
            models.Index(fields=["unit", "-modified_at", "-id"], name="%(class)s_unit"),
            models.Index(fields=["owner", "-modified_at", "-id"], name="%(class)s_owner"),
            models.Index(
                fields=["deleted_at"],
                name="%(class)s_bin",
                condition=models.Q(deleted_at__isnull=False),
            ),
            GinIndex(OpClass("search_text", "gin_trgm_ops"), name="%(class)s_search"),
        ]

    def get_constraints(self) -> list[tuple[Any, list[Any]]]:
        """Those to ask about before a row is written. What a check forbids the database says
        itself, and the service that writes puts it in words (`crm.records.services.one`)."""
        return [
            (model, [one for one in found if not isinstance(one, models.CheckConstraint)])
            for model, found in super().get_constraints()
        ]

    @classmethod
    def type_key(cls) -> str:
        """The key under which roles, shares, history and labels know this type."""
        return str(cls._meta.model_name)
