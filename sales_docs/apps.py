from django.apps import AppConfig


class SalesDocsConfig(AppConfig):
    """The catalogue, and quotes, orders and invoices. Follows what happens to opportunities."""

    name = "sales_docs"
    label = "sales_docs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.operations import subscribe
        from opportunities.events import OpportunityClosing, OpportunitySaved
        from sales_docs.services.opportunities import (
            follow_opportunity,
            refuse_with_open_quotes,
        )

        subscribe(OpportunityClosing, refuse_with_open_quotes)
        subscribe(OpportunitySaved, follow_opportunity)
