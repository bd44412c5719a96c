"""What leads add to the kernel beside their record types."""

from crm.extensions.declaration import App
from leads.services.customers import name_customer
from leads.verbs import VERBS
from opportunities.events import CustomerWanted

APP = App(verbs=VERBS, subscriptions=((CustomerWanted, name_customer),))
