from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Whom the company deals with."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
