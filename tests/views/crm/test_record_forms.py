"""Creating and editing by form, on accounts."""

import json
import uuid
from decimal import Decimal

import pytest

from accounts.models import Account
from crm.models import JournalEntry
from crm.records.services import update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


def filled(owner, **values):
    return {"name": "Nordfjord Energi", "relationship": "prospect", "owner": owner.pk, **values}


def test_a_form_makes_a_record_and_leads_to_it(owner, sign_in):
    client = sign_in(owner)
    answer = client.post("/accounts/new/", filled(owner, employees="1200"))
    account = Account.objects.get()
    assert answer["Location"] == f"/accounts/{account.pk}/"
    assert (account.name, account.employees, account.owner_id) == (
        "Nordfjord Energi",
        1200,
        owner.pk,
    )
    assert account.created_by_id == owner.pk
    toast = text_of(client.get(answer["Location"]))
    assert "Saved “Nordfjord Energi”." in toast
    assert 'action="/undo/' in toast


def test_the_toast_takes_a_creation_back(owner, sign_in):
    client = sign_in(owner)
    page = client.post("/accounts/new/", filled(owner), follow=True)
    action = text_of(page).split('action="/undo/')[1].split('"')[0]
    account = Account.objects.get()
    answer = client.post(f"/undo/{action}", {"next": f"/accounts/{account.pk}/"})
    assert answer["Location"] == "/accounts/"
    assert not Account.objects.alive().exists()


def test_a_double_click_makes_one_record(owner, sign_in):
    client, token = sign_in(owner), uuid.uuid4().hex
    first = client.post("/accounts/new/", filled(owner, form_token=token))
    second = client.post("/accounts/new/", filled(owner, form_token=token))
    assert Account.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_a_wrong_form_keeps_what_was_typed_and_names_every_problem(owner, sign_in):
    values = filled(owner, name="", employees="many", city="Bergen")
    answer = sign_in(owner).post("/accounts/new/", values)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "2 fields need a look." in page
    assert 'href="#id_name"' in page
    assert 'value="many"' in page
    assert 'value="Bergen"' in page
    assert Account.objects.count() == 0


def test_what_a_form_does_not_offer_is_not_written(owner, stranger, sign_in):
    account = make_account(owner, number="ACC-77777")
    before = Account.objects.get(pk=account.pk)
    sign_in(owner).post(
        f"/accounts/{account.pk}/edit/",
        filled(
            owner,
            version=account.version,
            number="HACKED",
            unit=stranger.unit_id,
            version_="9",
            deleted_at="2026-01-01",
            created_by=stranger.pk,
        ),
    )
    account.refresh_from_db()
    assert account.name == "Nordfjord Energi"
    assert (account.number, account.unit_id, account.deleted_at, account.created_by_id) == (
        before.number,
        before.unit_id,
        None,
        before.created_by_id,
    )


def test_values_in_the_address_fill_the_form(owner, sign_in):
    parent = make_account(owner, name="Holding")
    page = text_of(sign_in(owner).get(f"/accounts/new/?parent={parent.pk}&city=Bergen"))
    assert f'<option value="{parent.pk}" selected>Holding</option>' in page
    assert 'value="Bergen"' in page


@pytest.mark.parametrize("query", ["parent=abc", "parent=99999999999999999999", "owner=x"])
def test_nonsense_in_the_address_is_left_out(owner, sign_in, query):
    assert sign_in(owner).get(f"/accounts/new/?{query}").status_code == 200


def test_a_link_to_a_hidden_record_is_refused_like_a_missing_one(owner, stranger, sign_in):
    hidden = make_account(stranger, name="Hidden Holding")
    answer = sign_in(owner).post("/accounts/new/", filled(owner, parent=hidden.pk))
    assert answer.status_code == 422
    assert b"Hidden Holding" not in answer.content
    assert Account.objects.count() == 1


def test_who_may_not_create_gets_403(agent, owner, sign_in):
    assert sign_in(agent).get("/leads/new/").status_code == 403
    assert sign_in(agent).post("/leads/new/", {"last_name": "Berg"}).status_code == 403


def test_who_may_only_read_can_not_edit(owner, teammate, sign_in):
    account = make_account(owner, name="Nordfjord")
    client = sign_in(teammate)
    assert client.get(f"/accounts/{account.pk}/edit/").status_code == 403
    assert client.post(f"/accounts/{account.pk}/edit/", filled(owner)).status_code == 403
    account.refresh_from_db()
    assert account.name == "Nordfjord"


def test_editing_saves_what_changed_and_nothing_else(owner, sign_in):
    account = make_account(
        owner, name="Nordfjord", city="Bergen", annual_revenue=Decimal(5), currency_id="EUR"
    )
    values = filled(owner, version=account.version, name="Sydfjord", city="Bergen")
    answer = sign_in(owner).post(
        f"/accounts/{account.pk}/edit/", values | {"annual_revenue": "5", "currency": "EUR"}
    )
    assert answer["Location"] == f"/accounts/{account.pk}/"
    account.refresh_from_db()
    assert (account.name, account.city, account.annual_revenue) == ("Sydfjord", "Bergen", 5)


def test_a_likely_duplicate_is_shown_before_a_second_one_is_made(owner, sign_in):
    there = make_account(owner, name="Nordfjord Energi")
    client = sign_in(owner)
    values = filled(owner, name="Nordfjord Energie")
    asked = client.post("/accounts/new/", values)
    assert asked.status_code == 409
    assert f'href="/accounts/{there.pk}/"' in text_of(asked)
    assert "similar name" in text_of(asked)
    assert Account.objects.count() == 1
    client.post("/accounts/new/", values | {"save_anyway": "1"})
    assert Account.objects.count() == 2


def test_duplicates_one_may_not_see_are_not_shown(owner, stranger, sign_in):
    make_account(stranger, name="Nordfjord Energi")
    answer = sign_in(owner).post("/accounts/new/", filled(owner, name="Nordfjord Energi"))
    assert answer.status_code == 302


def test_duplicates_are_shown_while_one_types(owner, sign_in):
    make_account(owner, name="Nordfjord Energi")
    answer = sign_in(owner).post("/accounts/duplicates/", {"name": "Nordfjord"})
    assert "Nordfjord Energi" in text_of(answer)
    assert "<html" not in text_of(answer)


def test_the_side_panel_asks_for_the_quick_fields_and_answers_in_place(owner, sign_in):
    client = sign_in(owner)
    panel = text_of(client.get("/accounts/new/?panel=1", headers={"HX-Request": "true"}))
    assert 'name="phone"' in panel
    assert 'name="founded_year"' not in panel
    assert "<html" not in panel
    answer = client.post("/accounts/new/?panel=1", filled(owner), headers={"HX-Request": "true"})
    account = Account.objects.get()
    events = json.loads(answer["HX-Trigger"])
    assert events["crm:created"] == {
        "value": account.pk,
        "text": "Nordfjord Energi",
        "url": "/accounts/new/",
    }
    assert "crm:close-panel" in events
    assert f'href="/accounts/{account.pk}/"' in text_of(answer)


def test_a_wrong_panel_stays_open_with_what_was_typed(owner, sign_in):
    answer = sign_in(owner).post(
        "/accounts/new/?panel=1",
        filled(owner, name="", phone="12"),
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert 'value="12"' in text_of(answer)
    assert "<html" not in text_of(answer)


def conflict(owner, sign_in, as_actor, **theirs):
    """An edit of name and city posted after a colleague changed `theirs`."""
    account = make_account(owner, name="Nordfjord", city="Bergen", website="https://a.example")
    update_record(
        actor=as_actor(owner),
        record_type=registry.get("account"),
        record_id=account.pk,
        version=None,
        values=theirs,
    )
    values = filled(
        owner, version=account.version, name="Mine", city="Oslo", website="https://a.example"
    )
    answer = sign_in(owner).post(f"/accounts/{account.pk}/edit/", values)
    account.refresh_from_db()
    return account, values, answer


def test_changes_to_different_fields_merge(owner, sign_in, as_actor):
    account, _values, answer = conflict(owner, sign_in, as_actor, phone="+47 1")
    assert answer.status_code == 302
    assert (account.name, account.city, account.phone) == ("Mine", "Oslo", "+47 1")


def test_the_same_field_shows_original_theirs_and_yours(owner, sign_in, as_actor):
    account, _values, answer = conflict(owner, sign_in, as_actor, name="Theirs", phone="+47 1")
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Owner saved this record while you were editing" in page
    assert all(f"{value}" in page for value in ("Nordfjord", "Theirs", "Mine"))
    assert "<b>Phone</b>" in page
    assert "<b>City</b> (you)" in page
    assert (account.name, account.city) == ("Theirs", "Bergen")


def chosen(account, values, side):
    return values | {
        "version": account.version,
        "mine": ["name", "city"],
        "keep_name": side,
    }


def test_choosing_yours_saves_yours_and_keeps_their_other_changes(owner, sign_in, as_actor):
    account, values, _answer = conflict(owner, sign_in, as_actor, name="Theirs", phone="+47 1")
    sign_in(owner).post(f"/accounts/{account.pk}/edit/", chosen(account, values, "yours"))
    account.refresh_from_db()
    assert (account.name, account.city, account.phone) == ("Mine", "Oslo", "+47 1")


def test_choosing_theirs_keeps_theirs_and_saves_your_other_changes(owner, sign_in, as_actor):
    account, values, _answer = conflict(owner, sign_in, as_actor, name="Theirs", phone="+47 1")
    sign_in(owner).post(f"/accounts/{account.pk}/edit/", chosen(account, values, "theirs"))
    account.refresh_from_db()
    assert (account.name, account.city, account.phone) == ("Theirs", "Oslo", "+47 1")


def test_a_third_change_meanwhile_asks_again(owner, sign_in, as_actor):
    account, values, _answer = conflict(owner, sign_in, as_actor, name="Theirs")
    seen = chosen(account, values, "yours")
    update_record(
        actor=as_actor(owner),
        record_type=registry.get("account"),
        record_id=account.pk,
        version=None,
        values={"name": "Third"},
    )
    answer = sign_in(owner).post(f"/accounts/{account.pk}/edit/", seen)
    assert answer.status_code == 409
    account.refresh_from_db()
    assert account.name == "Third"


def test_a_refused_edit_leaves_no_trace(owner, sign_in):
    account = make_account(owner, name="Nordfjord")
    answer = sign_in(owner).post(
        f"/accounts/{account.pk}/edit/",
        filled(owner, version=account.version, employees="-4"),
    )
    assert answer.status_code == 422
    account.refresh_from_db()
    assert (account.name, account.version) == ("Nordfjord", 1)
    assert JournalEntry.objects.count() == 0


def test_a_link_one_may_not_see_stays_when_the_rest_is_edited(owner, stranger, sign_in):
    hidden = make_account(stranger, name="Hidden Holding")
    account = make_account(owner, name="Nordfjord")
    Account.objects.filter(pk=account.pk).update(parent=hidden)
    account.refresh_from_db()
    client = sign_in(owner)
    page = text_of(client.get(f"/accounts/{account.pk}/edit/"))
    assert "Hidden Holding" not in page
    assert f'<option value="{hidden.pk}" selected>a record you may not see</option>' in page
    client.post(
        f"/accounts/{account.pk}/edit/",
        filled(owner, version=account.version, parent=hidden.pk),
    )
    account.refresh_from_db()
    assert (account.name, account.parent_id) == ("Nordfjord Energi", hidden.pk)


def test_no_other_record_one_may_not_see_can_be_linked(owner, stranger, sign_in):
    hidden = make_account(stranger, name="Hidden Holding")
    account = make_account(owner, name="Nordfjord")
    answer = sign_in(owner).post(
        f"/accounts/{account.pk}/edit/",
        filled(owner, version=account.version, parent=hidden.pk),
    )
    assert answer.status_code == 422
    account.refresh_from_db()
    assert (account.name, account.parent_id) == ("Nordfjord", None)
