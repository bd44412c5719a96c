from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.address import MainAddress
from accounts.models.person import FullName
from accounts.models.reach import Reachable
from accounts.querysets import ContactQuerySet
from crm.models import Record, search_text
from crm.models.querysets import Folded


class Contact(MainAddress, Reachable, Record):
    """One row is a person, who may work for an account or stand alone."""

    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80)
    full_name = models.GeneratedField(
        expression=FullName(),
        output_field=models.CharField(_("name"), max_length=161),
        db_persist=True,
        verbose_name=_("name"),
    )
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="contacts"
    )
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    mobile = models.CharField(_("mobile phone"), max_length=40, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True)
    search_text = search_text("first_name", "last_name", "email", "phone", "mobile", "job_title")

    objects = ContactQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes = [
            *Record.Meta.indexes,
            models.Index(Folded("last_name"), Folded("first_name"), "id", name="contact_name"),
            models.Index(Upper("email"), name="contact_email"),
            models.Index(Upper("last_name"), Upper("first_name"), name="contact_same_name"),
            models.Index(Upper("mobile"), name="contact_mobile"),
            models.Index(Upper("phone"), name="contact_phone"),
        ]
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(last_name=""), name="contact_has_name"),
        ]

    def __str__(self) -> str:
        return self.full_name
