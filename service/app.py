"""What agreements and articles add to the kernel beside their record types."""

from cases.events import CaseChanged, CaseReactivated, CaseResolved
from crm.extensions.declaration import App
from crm.records.merging.pointers import LinkOnMerge, OnMerge
from service.models import AllotmentEntry, CaseCover
from service.services import (
    drop_foreign_cover,
    give_back_allotment,
    take_allotment,
    undo_allotment,
    undo_following,
)
from service.verbs import VERBS

APP = App(
    verbs=VERBS,
    undoers={"allotment_taken": undo_allotment, "lines_followed": undo_following},
    subscriptions=(
        (CaseResolved, take_allotment),
        (CaseReactivated, give_back_allotment),
        (CaseChanged, drop_foreign_cover),
    ),
    # What covered a merged case, and what it used, is told of that case for good.
    links_on_merge=(
        LinkOnMerge(model=AllotmentEntry, name="case", on_merge=OnMerge.STAYS),
        LinkOnMerge(model=CaseCover, name="case", on_merge=OnMerge.STAYS),
    ),
)
