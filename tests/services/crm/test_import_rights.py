"""An import does nothing its owner could not do by hand, row by row."""

import io

import pytest
from django.utils.module_loading import import_string

from accounts.models import Account, Contact
from crm.exchange.imports.additions import additions_to
from crm.exchange.imports.known import target_of
from crm.exchange.imports.services import run_import, stage_file
from crm.models import ImportRow, RolePrivilege
from crm.models.levels import Level, Privilege
from crm.records.services.one import PROTECTED
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from sales_docs.models import Quote
from tests.factories.accounts import make_account
from tests.factories.sales_docs import line, make_quote

pytestmark = pytest.mark.django_db


def bring_in(actor, target, text):
    """The verdict and the problem of each row."""
    content = text.encode()
    job = stage_file(
        actor=actor,
        target_key=target,
        file_name="rows.csv",
        file=io.BytesIO(content),
        size=len(content),
    )
    run_import(actor=actor, job_id=job.pk)
    rows = ImportRow.objects.filter(job=job).order_by("line")
    return [(row.verdict, *(one["message"] for one in row.problems)) for row in rows]


def test_nobody_takes_a_record_over_by_naming_themselves_as_its_owner(owner, teammate, as_actor):
    account = make_account(owner, name="Alder Labs", city="Lyon")
    rows = "name,owner,city\nAlder Labs,Teammate,Paris\n"
    assert bring_in(as_actor(teammate), "account", rows) == [
        ("error", "You may not change this one.")
    ]
    account.refresh_from_db()
    assert (account.owner_id, account.city) == (owner.pk, "Lyon")


def test_giving_a_record_away_needs_the_right_to(owner, teammate, as_actor):
    account = make_account(owner, name="Alder Labs")
    rows = "name,owner\nAlder Labs,Teammate\n"
    RolePrivilege.objects.filter(record_type="account", privilege=Privilege.ASSIGN).delete()
    reset_cache_versions()
    told = "You may not give this one to somebody else."
    assert bring_in(as_actor(owner), "account", rows) == [("error", told)]
    account.refresh_from_db()
    assert account.owner_id == owner.pk


def test_giving_a_record_away_works_for_who_may(owner, teammate, as_actor):
    account = make_account(owner, name="Alder Labs")
    rows = "name,owner\nAlder Labs,Teammate\n"
    assert bring_in(as_actor(owner), "account", rows) == [("update",)]
    account.refresh_from_db()
    assert account.owner_id == teammate.pk


def test_linking_needs_the_right_on_both(owner, teammate, as_actor):
    make_account(owner, name="Alder Labs")
    RolePrivilege.objects.filter(record_type="account", privilege=Privilege.APPEND_TO).update(
        level=Level.OWN
    )
    reset_cache_versions()
    rows = "last_name,account\nBerg,Alder Labs\n"
    told = "Your roles do not allow linking these records."
    assert bring_in(as_actor(teammate), "contact", rows) == [("error", told)]
    assert Contact.objects.count() == 0
    assert bring_in(as_actor(owner), "contact", rows) == [("new",)]


def test_what_is_closed_is_not_changed_by_a_file(owner, as_actor):
    quote = make_quote(owner, name="Fleet")
    Quote.objects.filter(pk=quote.pk).update(state="won", external_id="Q1")
    rows = "external_id,name\nQ1,Renamed\n"
    ((verdict, *told),) = bring_in(as_actor(owner), "quote", rows)
    assert verdict == "error"
    assert told
    quote.refresh_from_db()
    assert quote.name == "Fleet"


def test_what_one_may_not_see_is_made_anew_and_not_touched(owner, stranger, as_actor):
    account = make_account(owner, name="Alder Labs", city="Lyon")
    rows = "name,city\nAlder Labs,Paris\n"
    assert bring_in(as_actor(stranger), "account", rows) == [("new",)]
    account.refresh_from_db()
    assert account.city == "Lyon"
    assert Account.objects.get(city="Paris").owner_id == stranger.pk


@pytest.mark.parametrize(
    "record_type",
    [pytest.param(one, id=one.key) for one in registry if one.has(Feature.IMPORT)],
)
def test_a_file_sets_nothing_that_follows_from_something_else(record_type):
    """Numbers, states and totals: only what a form asks, or what the type says it takes."""
    asked = set(import_string(record_type.form).base_fields) | set(record_type.import_fields)
    declared = {one.name for addition in additions_to(record_type.key) for one in addition.fields}
    offered = set(target_of(record_type.key).fields)
    assert offered <= asked | declared | {"external_id", "owner"}
    assert offered.isdisjoint(PROTECTED)


def test_a_discount_that_would_not_be_counted_is_not_taken(owner, as_actor):
    quote = make_quote(owner, line(price="100"))
    Quote.objects.filter(pk=quote.pk).update(external_id="Q1")
    rows = "external_id,name,discount_percent,freight_amount\nQ1,Fleet,10,5\n"
    bring_in(as_actor(owner), "quote", rows)
    quote.refresh_from_db()
    assert (quote.name, quote.discount_percent, quote.freight_amount) == ("Fleet", 0, 0)
    assert quote.total_amount == 100
