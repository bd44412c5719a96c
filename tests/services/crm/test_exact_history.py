"""Decimals come out of the history exactly as they went in."""

from decimal import Decimal

import pytest

from crm.models import FieldChange
from crm.records.history.history import restore_field
from crm.records.history.undo import undo_operation
from crm.records.running import run
from crm.records.services import update_record
from crm.registry.registry import registry
from tests.factories.opportunities import make_opportunity

DEALS = registry.get("opportunity")
AMOUNTS = ["0.1", "0.0001", "1234567890123456.7891", "9007199254740993", "100.10"]


def reprice(actor, deal, amount, version=None):
    return run(
        actor=actor,
        service=update_record,
        record_type=DEALS,
        record_id=deal.pk,
        version=version,
        values={"estimated_revenue": Decimal(amount)},
    )


@pytest.mark.parametrize("amount", AMOUNTS)
def test_undo_gives_an_amount_back_to_the_last_digit(owner, as_actor, amount):
    deal = make_opportunity(owner, estimated_revenue=Decimal(amount), currency_id="EUR")
    _deal, operation_id = reprice(as_actor(owner), deal, "5")
    kept = FieldChange.objects.get(operation=operation_id).changes["estimated_revenue"][0]
    assert not isinstance(kept, float)
    assert Decimal(kept) == Decimal(amount)
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    deal.refresh_from_db()
    assert deal.estimated_revenue == Decimal(amount)


def test_a_field_is_restored_to_the_last_digit(owner, as_actor):
    amount = Decimal("1234567890123456.78")
    deal = make_opportunity(owner, estimated_revenue=amount, currency_id="EUR")
    reprice(as_actor(owner), deal, "5")
    change = FieldChange.objects.filter(record_id=deal.pk, event="update").latest("pk")
    restore_field(
        actor=as_actor(owner),
        record_type=DEALS,
        record_id=deal.pk,
        change_id=change.pk,
        name="estimated_revenue",
    )
    deal.refresh_from_db()
    assert deal.estimated_revenue == amount


def test_the_same_amount_typed_again_is_no_conflict(owner, as_actor):
    deal = make_opportunity(owner, estimated_revenue=Decimal("0.10"), currency_id="EUR")
    reprice(as_actor(owner), deal, "5")
    saved, _operation = reprice(as_actor(owner), deal, "0.1", version=deal.version)
    assert saved.estimated_revenue == 5
