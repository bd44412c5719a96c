from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """What was agreed with customers, and what the company knows."""

    name = "service"
    label = "service"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cases.events import CaseChanged, CaseReactivated, CaseResolved
        from crm.journal.sentences import add_verbs
        from crm.operations import subscribe
        from crm.records.history.undo import add_undoer
        from crm.records.merging.pointers import OnMerge, set_on_merge
        from service.models import AllotmentEntry, CaseCover
        from service.services import (
            drop_foreign_cover,
            give_back_allotment,
            take_allotment,
            undo_allotment,
            undo_following,
        )
        from service.verbs import VERBS

        add_verbs(VERBS)
        add_undoer("allotment_taken", undo_allotment)
        add_undoer("lines_followed", undo_following)
        # What covered a merged case, and what it used, is told of that case for good.
        set_on_merge(AllotmentEntry, "case", OnMerge.STAYS)
        set_on_merge(CaseCover, "case", OnMerge.STAYS)
        subscribe(CaseResolved, take_allotment)
        subscribe(CaseReactivated, give_back_allotment)
        subscribe(CaseChanged, drop_foreign_cover)
