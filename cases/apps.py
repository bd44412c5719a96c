from django.apps import AppConfig


class CasesConfig(AppConfig):
    """What customers ask for, and the queues it waits in."""

    name = "cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
