from django.apps import AppConfig


class LeadsConfig(AppConfig):
    """Interest that may become a deal. Knows who a won deal was won by, when nobody said."""

    name = "leads"
    label = "leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.journal.sentences import add_verbs
        from crm.operations import subscribe
        from leads.services.customers import name_customer
        from leads.verbs import VERBS
        from opportunities.events import CustomerWanted

        add_verbs(VERBS)
        subscribe(CustomerWanted, name_customer)
