from django.db import models
from django.utils.translation import gettext_lazy as _

REFUSALS = ("do_not_email", "do_not_bulk_email", "do_not_call", "do_not_mail")


class Reachable(models.Model):
    """Ways to reach somebody, and the ones they asked us not to use."""

    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    do_not_email = models.BooleanField(_("do not e-mail"), default=False)
    do_not_bulk_email = models.BooleanField(_("do not send mass e-mail"), default=False)
    do_not_call = models.BooleanField(_("do not call"), default=False)
    do_not_mail = models.BooleanField(_("do not send letters"), default=False)

    class Meta:
        abstract = True
