from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    """Deals under way, and whom they are fought against."""

    name = "opportunities"
    label = "opportunities"
    default_auto_field = "django.db.models.BigAutoField"
