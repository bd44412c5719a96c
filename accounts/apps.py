from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Whom the company deals with."""

    name = "accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.imports import register_imports

        register_imports()
        from django.utils.translation import gettext_lazy as _

        from crm.journal.sentences import add_verbs

        add_verbs({"became_customer": _("won the first deal: this is a customer now")})
