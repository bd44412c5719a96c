from django.apps import AppConfig


class CasesConfig(AppConfig):
    """What customers ask for, and the queues it waits in."""

    name = "cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cases import notification_kinds
        from cases.events import CaseReactivated
        from cases.models import QueueItem
        from cases.pages import add_pages
        from cases.panels import cases_to_look_at
        from cases.services import give_back, note_first_response
        from cases.verbs import PLACED, VERBS
        from crm.access.routes import Policy
        from crm.activities.events import ActivityLogged
        from crm.frame.app_urls import add_urls
        from crm.journal.sentences import add_verbs
        from crm.labels import plural_lazy
        from crm.notifications.kinds import add_kinds
        from crm.operations import subscribe
        from crm.records.history.undo import add_undoer
        from crm.records.merging.pointers import OnMerge, set_on_merge
        from crm.today.blocks import Block, add_block

        add_verbs(VERBS)
        for verb in PLACED:
            add_undoer(verb, give_back)
        subscribe(ActivityLogged, note_first_response)
        # A merged case waits for nobody any more.
        set_on_merge(QueueItem, "case", OnMerge.GOES)
        add_kinds(*notification_kinds.KINDS)
        subscribe(CaseReactivated, notification_kinds.notify_owner)
        add_pages()
        add_urls("case-queue/", "cases.urls", {"desk:*": Policy.READ})
        add_block(
            Block(
                key="cases",
                label=plural_lazy("case"),
                icon="life-buoy",
                template="cases/today.html",
                load=cases_to_look_at,
                order=30,
            )
        )
