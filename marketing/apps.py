from django.apps import AppConfig


class MarketingConfig(AppConfig):
    """Lists, campaigns and mailings. Wakes workers when a mailing has something to send."""

    name = "marketing"
    label = "marketing"
    default_auto_field = "django.db.models.BigAutoField"
