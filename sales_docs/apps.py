from django.apps import AppConfig


class SalesDocsConfig(AppConfig):
    name = "sales_docs"
    label = "sales_docs"
    default_auto_field = "django.db.models.BigAutoField"
