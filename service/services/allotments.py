"""What contracts grant, used up by resolved cases: a ledger that only ever grows.

The case is locked before the line of the contract; whoever holds a line waits for no case.
"""

from typing import Any

from django.utils import timezone

from cases.events import CaseChanged, CaseReactivated, CaseResolved
from cases.models import Case
from cases.services.locking import lock_case
from crm.access.actor import Actor
from crm.errors import NotVisible
from crm.models import JournalEntry
from crm.operations import current, journal, operation
from crm.records.services import refuse_stale
from service import rules
from service.models import AllotmentEntry, CaseCover, Contract, ContractLine

Allotment, Reason = ContractLine.Allotment, AllotmentEntry.Reason


@operation
def cover_case(
    *,
    actor: Actor,
    record_id: int,
    line: int | None = None,
    version: int | None = None,
) -> Case:
    """Serves a case under a line of the customer's contract, or (None or 0) under no contract.

    Locks the case, then the line; journals 'case_covered' or 'case_uncovered'. Raises NotVisible,
    AccessDenied, RuleViolation.
    """
    case = lock_case(actor=actor, record_id=record_id)
    rules.refuse_closed_case(case)
    before = CaseCover.objects.filter(case=case).first()
    if (before.line_id if before else 0) == (line or 0):
        return case
    refuse_stale(case, version)
    if not line:
        CaseCover.objects.filter(case=case).delete()
        journal("case_uncovered", case, is_final=True)
        return case
    row = _lock_line(line)
    if not Contract.objects.visible_to(actor).filter(pk=row.contract_id).exists():
        raise NotVisible
    day = current().at.astimezone(timezone.get_current_timezone()).date()
    rules.refuse_cover(row, case.account_id, day, left_of(row))
    CaseCover.objects.update_or_create(case=case, defaults={"line": row})
    journal("case_covered", case, title=row.title, contract=row.contract, is_final=True)
    return case


def left_of(line: ContractLine) -> int | None:
    """What is left; below zero when more was used than granted, None for cover by date."""
    if line.total is None:
        return None
    rows: Any = ContractLine.objects.with_used()  # adds `used`
    used = rows.values_list("used", flat=True).get(pk=line.pk)
    return line.total - int(used)


def take_allotment(event: CaseResolved) -> None:
    """A resolved case uses one of the cases, or its billable minutes, of what covers it."""
    cover = CaseCover.objects.filter(case=event.case).first()
    if cover is None:
        return
    line = _lock_line(cover.line_id)
    amount = {
        Allotment.CASES: 1,
        Allotment.MINUTES: event.case.billable_minutes,
        Allotment.DATES: 0,
    }[Allotment(line.allotment)]
    if amount == 0:
        return
    _write(line, event.case, -amount, Reason.RESOLVED)
    journal(
        "allotment_taken",
        event.case,
        amount=amount,
        allotment=line.allotment,
        title=line.title,
        contract=line.contract,
    )


def give_back_allotment(event: CaseReactivated) -> None:
    """A case that is worked on again gives back what resolving it took."""
    if event.was == Case.State.RESOLVED:
        _give_back(event.case, Reason.REACTIVATED)


def undo_allotment(actor: Actor, entry: JournalEntry) -> None:
    """Undo of a resolution gives back what it took."""
    _give_back(Case.objects.get(pk=entry.record_id), Reason.UNDONE)


def _give_back(case: Case, reason: AllotmentEntry.Reason) -> None:
    taken = AllotmentEntry.objects.filter(
        case=case, reason=Reason.RESOLVED, refund__isnull=True
    ).order_by("pk")
    for entry in taken:
        line = _lock_line(entry.line_id)
        _write(line, case, -entry.amount, reason, refunds=entry)
        journal(
            "allotment_returned",
            case,
            amount=-entry.amount,
            allotment=line.allotment,
            title=line.title,
            contract=line.contract,
        )


def drop_foreign_cover(event: CaseChanged) -> None:
    """A case that goes to another customer is no longer served under the first one's contract."""
    if "account" not in event.changed:
        return
    account_id: Any = event.case.account_id  # no customer at all is another one too
    foreign = CaseCover.objects.filter(case=event.case).exclude(
        line__contract__account_id=account_id
    )
    if foreign.delete()[0]:
        journal("case_uncovered", event.case, is_final=True)


def _lock_line(line_id: int) -> ContractLine:
    rows = ContractLine.objects.select_for_update(of=("self",)).select_related("contract")
    found = rows.filter(pk=line_id).first()
    if found is None:
        raise NotVisible
    return found


def _write(
    line: ContractLine,
    case: Case,
    amount: int,
    reason: AllotmentEntry.Reason,
    refunds: AllotmentEntry | None = None,
) -> None:
    under_way = current()
    AllotmentEntry.objects.create(
        line=line,
        case=case,
        amount=amount,
        reason=reason,
        refunds=refunds,
        at=under_way.at,
        actor_id=under_way.actor.id,
    )
