"""What a check of the database forbids is said in its words, and leaves nothing behind."""

from datetime import date

import pytest

from crm.errors import RuleViolation
from crm.models import FieldChange, JournalEntry
from crm.operations import operation
from crm.records.services import create_record, update_record
from crm.registry.registry import registry
from sales_docs.models import Product
from tests.contract.filling import sent_as
from tests.factories.sales_docs import make_product

pytestmark = pytest.mark.django_db

BACKWARDS = {"valid_from": date(2026, 5, 2), "valid_until": date(2026, 5, 1)}
REFUSED = {"__all__": "The last day of sale lies before the first."}


def written():
    return Product.objects.count(), FieldChange.objects.count(), JournalEntry.objects.count()


def test_a_new_record_that_breaks_a_check_is_refused_in_its_words(admin, as_actor):
    before = written()
    with pytest.raises(RuleViolation) as refusal:
        create_record(
            actor=as_actor(admin),
            record_type=registry.get("product"),
            values={"name": "Probe", "code": "P-1", **BACKWARDS},
        )
    assert refusal.value.fields == REFUSED
    assert written() == before


def test_a_change_that_breaks_a_check_is_refused_in_its_words(admin, as_actor):
    product = make_product(admin)
    before = written()
    with pytest.raises(RuleViolation) as refusal:
        update_record(
            actor=as_actor(admin),
            record_type=registry.get("product"),
            record_id=product.pk,
            version=product.version,
            values=BACKWARDS,
        )
    assert refusal.value.fields == REFUSED
    product.refresh_from_db()
    assert (product.valid_from, product.valid_until) == (None, None)
    assert written() == before


def test_an_operation_may_go_on_after_one_within_it_was_refused(admin, as_actor):
    product = make_product(admin, name="Probe")
    record_type = registry.get("product")

    def change(actor, values):
        update_record(
            actor=actor,
            record_type=record_type,
            record_id=product.pk,
            version=None,
            values=values,
        )

    @operation
    def try_twice(*, actor):
        with pytest.raises(RuleViolation):
            change(actor, BACKWARDS)
        change(actor, {"name": "Sonde"})

    try_twice(actor=as_actor(admin))
    product.refresh_from_db()
    assert (product.name, product.valid_from) == ("Sonde", None)


def test_the_form_says_it(admin, as_actor, sign_in):
    product = make_product(admin)
    typed = sent_as(registry.get("product"), as_actor(admin), product)
    days = {name: day.isoformat() for name, day in BACKWARDS.items()}
    page = sign_in(admin).post(f"/products/{product.pk}/edit/", {**typed, **days})
    assert page.status_code == 422
    assert REFUSED["__all__"] in page.content.decode()
    product.refresh_from_db()
    assert product.valid_from is None
