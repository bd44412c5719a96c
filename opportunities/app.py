"""What deals add to the kernel beside their record types."""

from django.utils.translation import gettext_lazy as _

from accounts.events import CustomerDeleting
from crm.extensions.declaration import App
from crm.today.blocks import Block
from opportunities import notification_kinds
from opportunities.imports import IMPORTS
from opportunities.panels import idle_deals
from opportunities.services.customers import keep_customer_of_open_deals
from opportunities.services.rivals import undo_adding_competitor, undo_removing_competitor
from opportunities.verbs import VERBS

APP = App(
    verbs=VERBS,
    undoers={
        "competitor_added": undo_adding_competitor,
        "competitor_removed": undo_removing_competitor,
    },
    subscriptions=(
        (CustomerDeleting, keep_customer_of_open_deals),
        *((event, notification_kinds.notify_owner) for event in notification_kinds.WHAT),
    ),
    kinds=notification_kinds.KINDS,
    blocks=(
        Block(
            key="idle-deals",
            label=_("Open deals without a next step"),
            icon="triangle-alert",
            template="opportunities/today.html",
            load=idle_deals,
            order=20,
        ),
    ),
    imports=IMPORTS,
)
