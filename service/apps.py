from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """What was agreed with customers, and what the company knows."""

    name = "service"
    label = "service"
    default_auto_field = "django.db.models.BigAutoField"
