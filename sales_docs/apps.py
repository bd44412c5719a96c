from django.apps import AppConfig


class SalesDocsConfig(AppConfig):
    """The catalogue, and quotes, orders and invoices. Follows what happens to opportunities."""

    name = "sales_docs"
    label = "sales_docs"
    default_auto_field = "django.db.models.BigAutoField"
