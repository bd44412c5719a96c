"""What accounts and contacts add to the kernel beside their record types."""

from django.utils.translation import gettext_lazy as _

from accounts.imports import IMPORTS
from crm.extensions.declaration import App

APP = App(
    verbs={"became_customer": _("won the first deal: this is a customer now")},
    imports=IMPORTS,
)
