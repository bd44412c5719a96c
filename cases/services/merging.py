"""What becomes of cases that turn out to be one and the same."""

from cases.events import CaseCanceled
from cases.models import Case
from crm.operations import emit
from crm.records.services.announcing import announce_each, changed_fields
from crm.records.services.many import touched


def retire_merged(losers: list[Case], survivor: Case) -> None:
    """They stay to be found by their numbers, canceled as merged. Emits CaseCanceled for each.

    Runs inside the merge, which has locked them.
    """
    changes = []
    for case in losers:
        old = {"state": case.state, "reason": case.reason}
        case.state, case.reason = Case.State.CANCELED, Case.Reason.MERGED
        changes.append((case.pk, changed_fields(case, old)))
    Case.objects.filter(pk__in=[case.pk for case in losers]).update(
        state=Case.State.CANCELED, reason=Case.Reason.MERGED, **touched()
    )
    announce_each(Case, changes)
    for case in losers:
        emit(CaseCanceled(case=case))
