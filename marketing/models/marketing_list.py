from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.labels import plural_lazy
from crm.models import Principal, Record, search_text
from crm.models.querysets import Folded
from marketing.models.columns import amount, currency, not_negative
from marketing.querysets import MarketingListQuerySet

MEMBER_TYPES = ("account", "contact", "lead")


def member_type_choices() -> list[tuple[str, Any]]:
    """The types a list can hold, under the names administrators gave them."""
    return [(key, plural_lazy(key)) for key in MEMBER_TYPES]


class MarketingList(Record):
    """One row is a list of records of one type, gathered by hand for mailings."""

    name = models.CharField(_("name"), max_length=160)
    member_type = models.CharField(
        _("members are"), max_length=16, choices=member_type_choices, default="contact"
    )
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    source = models.CharField(
        _("source"),
        max_length=120,
        blank=True,
        help_text=_("Where the names come from: a fair, a purchase, the website."),
    )
    cost = amount(_("cost"))
    currency = currency()
    is_locked = models.BooleanField(
        _("locked"), default=False, help_text=_("Nobody can add or remove members.")
    )
    description = models.TextField(_("description"), blank=True)
    search_text = search_text("name", "purpose", "source")

    objects = MarketingListQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("marketing list")
        verbose_name_plural = _("marketing lists")
        indexes = [
            *Record.Meta.indexes,
            models.Index(Folded("name"), "id", name="marketinglist_name"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(name=""), name="marketinglist_has_name"),
            models.CheckConstraint(
                condition=models.Q(member_type__in=MEMBER_TYPES), name="marketinglist_member_type"
            ),
            models.CheckConstraint(
                condition=not_negative("cost"), name="marketinglist_cost_positive"
            ),
            # What the members' key points to, so that no member is of another type.
            models.UniqueConstraint(fields=["id", "member_type"], name="marketinglist_typed"),
        ]

    def __str__(self) -> str:
        return self.name


class ListMember(models.Model):
    """One row says that a record is on a list. A composite key holds its type to the list's."""

    list = models.ForeignKey(MarketingList, models.CASCADE, related_name="members", db_index=False)
    member_type = models.CharField(max_length=16)
    member_id = models.BigIntegerField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        Principal, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["list", "member_type", "member_id"], name="marketing_member_once"
            )
        ]
        indexes = [
            models.Index(fields=["member_type", "member_id"], name="marketing_member_record"),
            models.Index(fields=["list", "-id"], name="marketing_member_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.list_id}:{self.member_type}:{self.member_id}"
