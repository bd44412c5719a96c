"""Invoicing, holding, canceling, renewing and copying contracts; what the calendar does."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from crm import clock
from crm.access.actor import Actor
from crm.company.currencies import base_currency_code
from crm.models import JournalEntry
from crm.models.levels import Privilege
from crm.operations import Operation, journal, operation
from crm.records.services import save_changed, save_new
from crm.registry.registry import registry
from service import rules
from service.models import Contract, ContractLine
from service.services.locking import lock_contract, today

State, LineState = Contract.State, ContractLine.State
COPIED = (
    "name",
    "account_id",
    "contact_id",
    "level",
    "billing",
    "starts_on",
    "ends_on",
    "currency_id",
    "description",
    "total",
)
COPIED_LINE = (
    "position",
    "title",
    "product_id",
    "serial_number",
    "allotment",
    "total",
    "starts_on",
    "ends_on",
    "price",
    "discount",
)


def prepare_contract(contract: Contract, changes: Mapping[str, Any]) -> None:
    """Before every save: one spelling, a currency, and days in order."""
    contract.name = " ".join((contract.name or "").split())
    if contract.currency_id is None and contract.account_id is not None:
        contract.currency_id = contract.account.currency_id or base_currency_code()
    rules.refuse_dates(contract.starts_on, contract.ends_on)


def follow_dates(operation_: Operation, contract: Contract, changes: Mapping[str, Any]) -> None:
    """Lines that covered the whole contract still do when its days change.

    Journals 'lines_followed' with what Undo needs.
    """
    for name in ("starts_on", "ends_on"):
        if name not in changes:
            continue
        lines = contract.lines.filter(**{name: changes[name]})
        ids = sorted(lines.values_list("pk", flat=True))
        if ids:
            contract.lines.filter(pk__in=ids).update(**{name: getattr(contract, name)})
            old = changes[name].isoformat()
            journal("lines_followed", contract, field=name, old=old, ids=ids, count=len(ids))


def undo_following(actor: Actor, entry: JournalEntry) -> None:
    """Gives lines the day back that they had before they followed the contract's."""
    day = date.fromisoformat(entry.data["old"])
    lines = ContractLine.objects.filter(contract_id=entry.record_id, pk__in=entry.data["ids"])
    lines.update(**{entry.data["field"]: day})


@operation
def invoice_contract(*, actor: Actor, record_id: int, version: int | None = None) -> Contract:
    """Agrees a draft: from now on it can't be edited, and it starts on its first day.

    Locks the contract, journals 'contract_invoiced'. Raises NotVisible, AccessDenied,
    RuleViolation.
    """
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_draft(contract)
    rules.refuse_empty(contract.lines.count())
    rules.refuse_past(contract, today())
    return _move(contract, rules.state_on(contract, today()), "contract_invoiced")


@operation
def hold_contract(*, actor: Actor, record_id: int, version: int | None = None) -> Contract:
    """Suspends an active contract: nothing is served under it. Journals 'contract_held'."""
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    rules.refuse_state(contract, (State.ACTIVE,))
    return _move(contract, State.ON_HOLD, "contract_held")


@operation
def release_contract(*, actor: Actor, record_id: int, version: int | None = None) -> Contract:
    """Ends the hold; past its last day the contract has expired. Journals 'contract_released'."""
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    rules.refuse_state(contract, (State.ON_HOLD,))
    moved = _move(contract, rules.state_on(contract, today()), "contract_released")
    if moved.state == State.EXPIRED:
        _close_lines(moved)
    return moved


@operation
def cancel_contract(
    *,
    actor: Actor,
    record_id: int,
    canceled_on: date,
    note: str = "",
    version: int | None = None,
) -> Contract:
    """Ends a contract before its time; its lines are canceled along.

    Locks the contract, journals 'contract_canceled'. Raises NotVisible, AccessDenied,
    RuleViolation.
    """
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    rules.refuse_state(contract, rules.RUNNING)
    rules.refuse_cancellation_day(contract, canceled_on, today())
    contract.lines.in_place().update(state=LineState.CANCELED)
    old = {"state": contract.state, "canceled_on": None}
    contract.state, contract.canceled_on = State.CANCELED, canceled_on
    save_changed(registry.get("contract"), contract, old)
    journal("contract_canceled", contract, note=note.strip(), is_final=True)
    return contract


@operation
def renew_contract(
    *,
    actor: Actor,
    record_id: int,
    with_canceled: bool = False,
    version: int | None = None,
) -> Contract:
    """Makes the draft of the next term: the same number, from the day after the end, as long.

    A contract is renewed once. Locks the contract, journals 'contract_renewed'. Raises NotVisible,
    AccessDenied, RuleViolation.
    """
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    rules.refuse_state(contract, rules.RENEWABLE)
    if Contract.objects.alive().filter(renews=contract).exists():
        raise rules.renewed_already()
    first = contract.ends_on + timedelta(days=1)
    last = first + (contract.ends_on - contract.starts_on)
    states = [LineState.EXISTING, LineState.RENEWED, LineState.EXPIRED]
    lines = contract.lines.filter(
        state__in=[*states, LineState.CANCELED] if with_canceled else states
    )
    made = _copy(
        actor,
        contract,
        list(lines),
        shift=first - contract.starts_on,
        number=contract.number,
        term=_last_term(contract.number) + 1,
        renews=contract,
        starts_on=first,
        ends_on=last,
    )
    contract.lines.filter(state=LineState.EXPIRED).update(state=LineState.RENEWED)
    journal("contract_renewed", contract, contract=made, is_final=True)
    return made


@operation
def copy_contract(*, actor: Actor, record_id: int, version: int | None = None) -> Contract:
    """Makes a draft with the same content and a number of its own. Journals 'contract_copied'."""
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    made = _copy(actor, contract, list(contract.lines.all()), shift=timedelta(0), number="", term=1)
    journal("contract_copied", contract, contract=made)
    return made


def contracts_due() -> tuple[date, list[int]]:
    """Today where the company is, and the contracts that start or have ended by then."""
    day = clock.today(timezone.get_default_timezone())
    starting = Contract.objects.alive().to_start(day).values_list("pk", flat=True)
    ended = Contract.objects.alive().to_end(day).values_list("pk", flat=True)
    return day, sorted({*starting, *ended})


@operation
def move_contract_by_calendar(*, actor: Actor, record_id: int, day: date) -> Contract:
    """Starts an invoiced contract on its first day, ends one after its last; else does nothing.

    Can run any number of times. Locks the contract, journals 'contract_started' or
    'contract_expired'.
    """
    contract = lock_contract(actor=actor, record_id=record_id)
    wanted = rules.state_on(contract, day)
    if contract.state not in (State.INVOICED, State.ACTIVE) or contract.state == wanted:
        return contract
    if wanted == State.EXPIRED:
        _close_lines(contract)
        return _move(contract, wanted, "contract_expired")
    if wanted == State.ACTIVE:
        return _move(contract, wanted, "contract_started")
    return contract


def _last_term(number: str) -> int:
    terms = Contract.objects.filter(number=number).order_by("-term")
    return int(terms.values_list("term", flat=True)[0])


def _move(contract: Contract, state: Contract.State, verb: str) -> Contract:
    """What has expired is final: the states of its lines went along."""
    old = {"state": contract.state}
    contract.state = state
    save_changed(registry.get("contract"), contract, old)
    journal(verb, contract, is_final=state == State.EXPIRED, state=state)
    return contract


def _close_lines(contract: Contract) -> None:
    """Past the end a line has expired, or lives on in the renewal."""
    is_renewed = Contract.objects.alive().filter(renews=contract).exists()
    state = LineState.RENEWED if is_renewed else LineState.EXPIRED
    contract.lines.in_place().update(state=state)


def _copy(
    actor: Actor,
    contract: Contract,
    lines: list[ContractLine],
    *,
    shift: timedelta,
    **values: Any,
) -> Contract:
    actor.require_type(Privilege.CREATE, "contract")
    content = {name: getattr(contract, name) for name in COPIED}
    made = Contract(owner_id=contract.owner_id, **{**content, **values})
    made.total = sum((line.net for line in lines), start=contract.total - contract.total)
    saved: Contract = save_new(registry.get("contract"), made)
    ContractLine.objects.bulk_create(_shifted(line, saved, shift) for line in lines)
    return saved


def _shifted(line: ContractLine, contract: Contract, shift: timedelta) -> ContractLine:
    copy = ContractLine(contract=contract, **{name: getattr(line, name) for name in COPIED_LINE})
    copy.starts_on, copy.ends_on = line.starts_on + shift, line.ends_on + shift
    return copy
