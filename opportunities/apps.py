from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    """Deals under way, and whom they are fought against."""

    name = "opportunities"
    label = "opportunities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from opportunities.imports import register_imports

        register_imports()
        from django.utils.translation import gettext_lazy as _

        from accounts.events import CustomerDeleting
        from crm.journal.sentences import add_verbs
        from crm.notifications.kinds import add_kinds
        from crm.operations import subscribe
        from crm.records.history.undo import add_undoer
        from crm.today.blocks import Block, add_block
        from opportunities import notification_kinds
        from opportunities.panels import idle_deals
        from opportunities.services.customers import keep_customer_of_open_deals
        from opportunities.services.rivals import (
            undo_adding_competitor,
            undo_removing_competitor,
        )
        from opportunities.verbs import VERBS

        add_verbs(VERBS)
        add_undoer("competitor_added", undo_adding_competitor)
        add_undoer("competitor_removed", undo_removing_competitor)
        subscribe(CustomerDeleting, keep_customer_of_open_deals)
        add_kinds(*notification_kinds.KINDS)
        for event in notification_kinds.WHAT:
            subscribe(event, notification_kinds.notify_owner)
        add_block(
            Block(
                key="idle-deals",
                label=_("Open deals without a next step"),
                icon="triangle-alert",
                template="opportunities/today.html",
                load=idle_deals,
                order=20,
            )
        )
