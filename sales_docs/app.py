"""What the catalogue and the documents add to the kernel beside their record types."""

from django.utils.translation import gettext_lazy as _

from crm.extensions.declaration import App
from crm.frame.settings_pages import SettingsPage
from opportunities.events import OpportunityClosing, OpportunitySaved
from sales_docs import notification_kinds
from sales_docs.events import InvoicePaid, InvoicePosted, OrderCreated
from sales_docs.imports import IMPORTS
from sales_docs.services.numbers import install_series
from sales_docs.services.opportunities import follow_opportunity, refuse_with_open_quotes
from sales_docs.verbs import VERBS

APP = App(
    verbs=VERBS,
    subscriptions=(
        (OpportunityClosing, refuse_with_open_quotes),
        (OpportunitySaved, follow_opportunity),
        (OrderCreated, notification_kinds.notify_owner_of_quote),
        (InvoicePosted, notification_kinds.notify_owner_of_order),
        (InvoicePaid, notification_kinds.notify_owner_of_invoice),
    ),
    kinds=notification_kinds.KINDS,
    settings_pages=(
        SettingsPage(
            label=_("Tax codes"),
            note=_("Rates, what documents call them, and which one new lines have"),
            icon="percent",
            url_name="admin:sales_docs_taxcode_changelist",
            group="company",
            order=60,
        ),
        SettingsPage(
            label=_("Numbers without gaps"),
            note=_("How bills and credit notes are numbered each fiscal year"),
            icon="list-ordered",
            url_name="admin:sales_docs_invoiceseries_changelist",
            group="company",
            order=70,
        ),
    ),
    imports=IMPORTS,
    after_migrate=(install_series,),
)
