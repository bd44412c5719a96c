from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Interest that may become a deal. Knows who a won deal was won by, when nobody said."""

    name = "leads"
    label = "leads"
    default_auto_field = "django.db.models.BigAutoField"
