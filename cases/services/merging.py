"""What becomes of cases that turn out to be one and the same."""

from cases.events import CaseCanceled
from cases.models import Case
from crm.operations import emit
from crm.records.services.many import touched


def retire_merged(losers: list[Case], survivor: Case) -> None:
    """They stay to be found by their numbers, canceled as merged. Emits CaseCanceled for each.

    Runs inside the merge, which has locked them.
    """
    for case in losers:
        case.state, case.reason = Case.State.CANCELED, Case.Reason.MERGED
    Case.objects.filter(pk__in=[case.pk for case in losers]).update(
        state=Case.State.CANCELED, reason=Case.Reason.MERGED, **touched()
    )
    for case in losers:
        emit(CaseCanceled(case=case))
