"""The lines of a contract: added and changed while it is a draft, canceled while it runs."""

from datetime import date
from decimal import Decimal

from django.db.models import F, Max, Sum

from crm.access.actor import Actor
from crm.errors import NotVisible
from crm.operations import journal, operation
from crm.records.services import save_changed
from crm.registry.registry import registry
from sales_docs.models import Product
from service import rules
from service.models import Contract, ContractLine
from service.services.locking import lock_contract


@operation
def save_contract_line(
    *,
    actor: Actor,
    record_id: int,
    title: str,
    line: int | None = None,
    product: Product | None = None,
    serial_number: str = "",
    allotment: str = ContractLine.Allotment.CASES,
    total: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    price: Decimal | None = None,
    discount: Decimal | None = None,
    version: int | None = None,
) -> Contract:
    """Adds a line to a draft, or changes the one whose id is given.

    Without days it covers the whole contract. Locks the contract, journals 'contract_line'. Raises
    NotVisible, AccessDenied, RuleViolation.
    """
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_draft(contract)
    rules.refuse_unsold(product)
    row = _line(contract, line) if line else ContractLine(contract=contract)
    row.title = " ".join(title.split())
    row.product, row.serial_number = product, serial_number.strip()
    row.allotment, row.total = allotment, total
    row.starts_on = starts_on or contract.starts_on
    row.ends_on = ends_on or contract.ends_on
    row.price, row.discount = price or Decimal(0), discount or Decimal(0)
    row.contract = contract
    rules.refuse_line(row)
    if row._state.adding:
        row.position = (contract.lines.aggregate(last=Max("position"))["last"] or 0) + 1
    row.save()
    journal("contract_line", contract, title=row.title, is_final=True)
    return _with_total(contract)


@operation
def remove_contract_line(
    *, actor: Actor, record_id: int, line: int, version: int | None = None
) -> Contract:
    """Removes a line from a draft. Journals 'contract_line_removed'. Raises StaleVersion."""
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_draft(contract)
    row = _line(contract, line)
    row.delete()
    journal("contract_line_removed", contract, title=row.title, is_final=True)
    return _with_total(contract)


@operation
def cancel_contract_line(
    *, actor: Actor, record_id: int, line: int, version: int | None = None
) -> Contract:
    """Ends one line of a running contract. Journals 'contract_line_canceled'.

    Raises StaleVersion.
    """
    contract = lock_contract(actor=actor, record_id=record_id, version=version)
    rules.refuse_state(contract, rules.RUNNING)
    row = _line(contract, line)
    if row.state == ContractLine.State.EXISTING:
        row.state = ContractLine.State.CANCELED
        row.save(update_fields=["state"])
        save_changed(registry.get("contract"), contract, {})
        journal("contract_line_canceled", contract, title=row.title, is_final=True)
    return contract


def _line(contract: Contract, line_id: int) -> ContractLine:
    found = contract.lines.select_for_update(of=("self",)).filter(pk=line_id).first()
    if found is None:
        raise NotVisible
    return found


def _with_total(contract: Contract) -> Contract:
    """Saved also where the total stays: a changed line makes the version that was seen stale."""
    net = contract.lines.aggregate(net=Sum(F("price") - F("discount")))["net"] or Decimal(0)
    old = {"total": contract.total} if contract.total != net else {}
    contract.total = net
    saved: Contract = save_changed(registry.get("contract"), contract, old)
    return saved
