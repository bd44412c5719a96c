from django.apps import AppConfig


class SalesDocsConfig(AppConfig):
    """The catalogue, and quotes, orders and invoices. Follows what happens to opportunities."""

    name = "sales_docs"
    label = "sales_docs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from crm.journal.sentences import add_verbs
        from crm.notifications.kinds import add_kinds
        from crm.operations import subscribe
        from opportunities.events import OpportunityClosing, OpportunitySaved
        from sales_docs import notification_kinds
        from sales_docs.events import InvoicePaid, InvoicePosted, OrderCreated
        from sales_docs.imports import register_imports
        from sales_docs.pages import add_pages
        from sales_docs.services.numbers import install_series
        from sales_docs.services.opportunities import (
            follow_opportunity,
            refuse_with_open_quotes,
        )
        from sales_docs.verbs import VERBS

        register_imports()
        add_pages()
        add_verbs(VERBS)
        subscribe(OpportunityClosing, refuse_with_open_quotes)
        subscribe(OpportunitySaved, follow_opportunity)
        add_kinds(*notification_kinds.KINDS)
        subscribe(OrderCreated, notification_kinds.notify_owner_of_quote)
        subscribe(InvoicePosted, notification_kinds.notify_owner_of_order)
        subscribe(InvoicePaid, notification_kinds.notify_owner_of_invoice)
        post_migrate.connect(install_series, sender=self)
