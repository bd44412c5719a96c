from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from cases.querysets import CaseQuerySet
from crm.models import Record, number_field, number_trigger, search_text
from crm.models.querysets import Folded
from sales_docs.models import Product

MOST_MINUTES = 100_000


class Case(Record):
    """One row is something a customer asked for: what it is, who works on it, how it ended."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        RESOLVED = "resolved", _("Resolved")
        CANCELED = "canceled", _("Canceled")

    class Reason(models.TextChoices):
        IN_PROGRESS = "in_progress", _("In progress")
        ON_HOLD = "on_hold", _("On hold")
        WAITING = "waiting", _("Waiting for details")
        RESEARCHING = "researching", _("Researching")
        SOLVED = "solved", _("Problem solved")
        INFORMED = "informed", _("Information provided")
        CANCELED = "canceled", _("Canceled")
        MERGED = "merged", _("Merged")

    class Priority(models.IntegerChoices):
        HIGH = 1, _("High")
        NORMAL = 2, _("Normal")
        LOW = 3, _("Low")

    class Origin(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        WEB = "web", _("Web")
        SOCIAL = "social", _("Social media")

    class Kind(models.TextChoices):
        QUESTION = "question", _("Question")
        PROBLEM = "problem", _("Problem")
        REQUEST = "request", _("Request")

    class Severity(models.TextChoices):
        MINOR = "minor", _("Minor")
        MAJOR = "major", _("Major")
        CRITICAL = "critical", _("Critical")

    class Stage(models.TextChoices):
        IDENTIFY = "identify", _("Identify")
        RESEARCH = "research", _("Research")
        RESOLVE = "resolve", _("Resolve")

    title = models.CharField(_("title"), max_length=200)
    number = number_field()
    description = models.TextField(_("description"), blank=True)
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="cases", db_index=False
    )
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="cases"
    )

    state = models.CharField(
        _("state"), max_length=8, choices=State, default=State.ACTIVE, editable=False
    )
    reason = models.CharField(
        _("status"), max_length=12, choices=Reason, default=Reason.IN_PROGRESS, editable=False
    )
    stage = models.CharField(_("stage"), max_length=8, choices=Stage, default=Stage.IDENTIFY)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.NORMAL
    )
    origin = models.CharField(_("origin"), max_length=8, choices=Origin, default=Origin.PHONE)
    kind = models.CharField(_("type"), max_length=8, choices=Kind, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity, blank=True)
    follow_up_on = models.DateField(_("follow up on"), null=True, blank=True)

    is_escalated = models.BooleanField(_("escalated"), default=False, editable=False)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True, editable=False)
    first_response_at = models.DateTimeField(
        _("first answered"), null=True, blank=True, editable=False
    )
    resolution = models.TextField(_("resolution"), blank=True, editable=False)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True, editable=False)
    minutes = models.PositiveIntegerField(
        _("minutes spent"), default=0, editable=False, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    billable_minutes = models.PositiveIntegerField(
        _("billable minutes"),
        default=0,
        editable=False,
        validators=[MaxValueValidator(MOST_MINUTES)],
    )
    search_text = search_text("title", "number")

    objects = CaseQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        triggers = [*Record.Meta.triggers, number_trigger("case")]
        indexes = [
            *Record.Meta.indexes,
            models.Index(Folded("title"), "id", name="case_title"),
            models.Index(fields=["account", "-created_at", "-id"], name="case_account"),
            models.Index(fields=["contact", "-created_at", "-id"], name="case_contact"),
            models.Index(
                fields=["priority", "created_at", "id"],
                name="case_urgency",
                condition=models.Q(state="active"),
            ),
            models.Index(
                fields=["priority", "id"],
                name="case_priority",
                condition=models.Q(state="active"),
            ),
            models.Index(
                fields=["escalated_at", "id"],
                name="case_escalated",
                condition=models.Q(state="active", is_escalated=True),
            ),
            models.Index(
                fields=["follow_up_on", "id"],
                name="case_follow_up",
                condition=models.Q(state="active", follow_up_on__isnull=False),
            ),
            models.Index(
                models.F("resolved_at").desc(nulls_last=True),
                models.F("id").desc(),
                name="case_resolved",
                condition=models.Q(state="resolved"),
            ),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(title=""), name="case_has_title"),
            models.CheckConstraint(
                condition=models.Q(account__isnull=False) | models.Q(contact__isnull=False),
                name="case_has_customer",
                violation_error_message=_("Say whose concern it is."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="active",
                    reason__in=["in_progress", "on_hold", "waiting", "researching"],
                    resolved_at__isnull=True,
                )
                | models.Q(
                    state="resolved", reason__in=["solved", "informed"], resolved_at__isnull=False
                )
                | models.Q(
                    state="canceled", reason__in=["canceled", "merged"], resolved_at__isnull=True
                ),
                name="case_reason_of_state",
            ),
            models.CheckConstraint(
                condition=models.Q(is_escalated=True, escalated_at__isnull=False)
                | models.Q(is_escalated=False, escalated_at__isnull=True),
                name="case_escalated_when",
            ),
            models.CheckConstraint(
                condition=models.Q(billable_minutes__lte=models.F("minutes")),
                name="case_bills_no_more_than_spent",
                violation_error_message=_("More is billed than was spent."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def queue(self) -> Any:
        """The queue it lies in; rows are fetched with `queue_item__queue`."""
        item = getattr(self, "queue_item", None)
        return item.queue if item else None

    @property
    def worker(self) -> Any:
        """Who has taken it from its queue; rows are fetched with `queue_item__worked_by`."""
        item = getattr(self, "queue_item", None)
        return item.worked_by if item else None
