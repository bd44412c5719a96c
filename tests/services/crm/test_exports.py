"""Exports: written in two ways alike, run by no spreadsheet, read back by an import."""

import csv
import io
import unicodedata

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from crm.exchange import exporting
from crm.exchange.formulas import safe_cell, without_guard
from crm.exchange.imports.services import run_import, stage_file
from crm.pages import export
from crm.records.lists.address import ListAddress
from crm.registry.registry import registry
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_opportunity

pytestmark = pytest.mark.django_db

NASTY = "=+-@＝＋－＠'\t\r\n \u00a0\u200b\u2028\ufeff\x0b\x1c\x7f\"',;|%cmd1é"
TEXTS = st.text(st.one_of(st.sampled_from(NASTY), st.characters(exclude_categories=["Cs"])))
TEXTS = TEXTS.map(lambda text: text.replace("\0", "")[:80])
FORMULA_SIGNS = tuple("=+-@＝＋－＠")
WITH_DATABASE = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def lines(actor, key, query="view=all&cols=*&sort=created_at"):
    address = ListAddress(actor=actor, record_type=registry.get(key), query=QueryDict(query))
    blocks = export.csv_lines(address.columns, address.selection.exportable, actor)
    return b"".join(blocks)


def cells(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def unseen(letter):
    return letter == "'" or unicodedata.category(letter) in ("Cc", "Cf", "Zs", "Zl", "Zp")


def runs(cell):
    """As a careful spreadsheet might: it skips what nobody sees, then reads a sign."""
    if cell.startswith("'"):
        return False
    start = next((place for place, letter in enumerate(cell) if not unseen(letter)), len(cell))
    return cell[start : start + 1] in FORMULA_SIGNS or cell[:1] in ("\t", "\r", "\n")


@given(text=TEXTS)
@example(text="'=1+1")
@example(text="\u00a0 \t=cmd|' /C calc'!A0")
@example(text="''\n")
@settings(max_examples=500, deadline=None)
def test_a_guarded_text_never_begins_a_formula_and_comes_back_as_it_was(text):
    assert not runs(safe_cell(text))
    assert without_guard(safe_cell(text)) == text


@given(texts=st.lists(TEXTS, min_size=1, max_size=20))
@example(texts=["=1", " =1", "'=1", "\u00a0@x", "\ufeff-1", "\r", "a=1", "", "＝1"])
@WITH_DATABASE
def test_database_and_python_write_the_same_harmless_text(texts, owner, as_actor, monkeypatch):
    Account.objects.all().delete()
    for number, text in enumerate(texts):
        make_account(owner, name=f"Firm {number:03}", city=text, phone=text[:40])
    actor, query = as_actor(owner), "view=all&cols=city,phone&sort=name"
    copied = cells(lines(actor, "account", query))
    with monkeypatch.context() as python_alone:
        python_alone.setattr(export, "texts", lambda *_given: None)
        assert cells(lines(actor, "account", query)) == copied
    assert [row[1] for row in copied[1:]] == [safe_cell(text) for text in texts]
    assert not any(runs(cell) for row in copied for cell in row)


def test_both_ways_write_every_kind_of_value_alike(owner, as_actor, monkeypatch):
    account = make_account(owner, industry="retail", annual_revenue="12.50", employees=7)
    make_account(owner, name="Daughter", parent=account, customer_since_on="2024-02-29")
    make_contact(owner, account=account, phone="+33 4 00 00")
    make_opportunity(owner, account=account)
    actor = as_actor(owner)
    for key in ("account", "contact", "opportunity"):
        copied = cells(lines(actor, key))
        with monkeypatch.context() as python_alone:
            python_alone.setattr(export, "texts", lambda *_given: None)
            assert cells(lines(actor, key)) == copied
        assert len(copied) > 1


def test_the_large_types_are_copied_by_the_database(owner, as_actor):
    actor = as_actor(owner)
    for key in ("account", "contact", "lead", "opportunity"):
        address = ListAddress(
            actor=actor, record_type=registry.get(key), query=QueryDict("view=all&cols=*")
        )
        rows = exporting.annotated(address.selection.exportable, address.columns)
        assert exporting.texts(rows, address.columns, actor) is not None


@pytest.mark.parametrize("is_copied", [True, False])
def test_a_linked_record_one_may_not_see_is_not_named(
    is_copied, owner, stranger, as_actor, monkeypatch
):
    hidden = make_account(stranger, name="Hidden Holding")
    make_account(owner, name="Shown Daughter", parent=hidden)
    if not is_copied:
        monkeypatch.setattr(export, "texts", lambda *_given: None)
    content = lines(as_actor(owner), "account")
    assert b"Shown Daughter" in content
    assert b"Hidden Holding" not in content
    assert b"Hidden Holding" in lines(as_actor(stranger), "account")


COMPARED = (
    *("name", "relationship", "industry", "city", "country", "phone", "email", "website"),
    *("annual_revenue", "employees", "founded_year", "parent__name", "customer_since_on"),
    "owner__name",
)


def stored():
    return sorted(Account.objects.values_list(*COMPARED), key=lambda row: row[0])


def tidy(text):
    return " ".join(text.split())


@given(
    names=st.lists(TEXTS.map(tidy).filter(bool), min_size=1, max_size=12, unique_by=str.casefold),
    town=TEXTS.map(lambda text: text.strip().strip("'\u200b\ufeff")),
    number=st.integers(0, 2_000_000),
)
@WITH_DATABASE
def test_what_was_exported_is_imported_as_it_was(names, town, number, owner, as_actor):
    Account.objects.all().delete()
    parent = None
    for place, name in enumerate(names):
        parent = make_account(
            owner,
            name=name,
            parent=parent if place % 2 else None,
            industry="retail" if place % 3 else "",
            city=town.strip(),
            country="FR",
            phone=f"+33 4 {place}",
            website=f"https://firm-{place}.example",
            annual_revenue=number,
            employees=number % 9000 if place % 2 else None,
            customer_since_on="2025-12-31",
        )
    before, actor = stored(), as_actor(owner)
    file = lines(actor, "account")
    Account.objects.all().delete()
    job = stage_file(
        actor=actor, target_key="account", file_name="a.csv", file=io.BytesIO(file), size=len(file)
    )
    counts = run_import(actor=actor, job_id=job.pk)
    assert (counts["new"], counts["error"]) == (len(names), 0), list(job.rows.values("problems"))
    assert stored() == before
