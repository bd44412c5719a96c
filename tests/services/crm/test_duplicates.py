import pytest

from crm.records.merging.duplicates import find_duplicates
from crm.registry.registry import registry
from tests.factories.accounts import make_account, make_contact

ACCOUNT, CONTACT = "account", "contact"


def found(actor, key, **values):
    matches = find_duplicates(actor, registry.get(key), values)
    return {match.record: [str(reason) for reason in match.reasons] for match in matches}


def test_a_similar_name_is_found_whatever_its_accents_case_and_ending(owner, as_actor):
    account = make_account(owner, name="Nordfjord Énergi AS")
    make_account(owner, name="Castellan Pharma")
    assert found(as_actor(owner), ACCOUNT, name="NORDFJORD ENERGI") == {account: ["similar name"]}


@pytest.mark.parametrize("name", ["", "No", "Completely different"])
def test_nothing_is_found_where_nothing_is_alike(owner, as_actor, name):
    make_account(owner, name="Nordfjord Energi")
    assert found(as_actor(owner), ACCOUNT, name=name) == {}


def test_equal_keys_are_found_without_regard_to_case_and_come_first(owner, as_actor):
    alike = make_contact(owner, first_name="Ana", last_name="Berg", email="ana@example.test")
    other = make_contact(owner, first_name="ana", last_name="berg", email="other@example.test")
    matches = found(
        as_actor(owner), CONTACT, first_name="Ana", last_name="Berg", email="ANA@example.test"
    )
    assert matches[alike] == ["same e-mail address", "same name"]
    assert matches[other] == ["same name"]


def test_the_record_itself_and_hidden_ones_are_left_out(owner, stranger, as_actor):
    mine = make_account(owner, name="Nordfjord Energi")
    make_account(stranger, name="Nordfjord Energi")
    values = {"name": "Nordfjord Energi"}
    record_type = registry.get(ACCOUNT)
    assert find_duplicates(as_actor(owner), record_type, values, exclude=mine.pk) == []


def test_records_in_the_bin_are_no_duplicates(owner, as_actor):
    from crm import clock

    make_account(owner, name="Nordfjord Energi", deleted_at=clock.now())
    assert found(as_actor(owner), ACCOUNT, name="Nordfjord Energi") == {}


def test_no_more_than_asked_for_are_answered(owner, as_actor):
    for number in range(8):
        make_account(owner, name=f"Nordfjord Energi {number}")
    matches = find_duplicates(
        as_actor(owner), registry.get(ACCOUNT), {"name": "Nordfjord Energi"}, limit=3
    )
    assert len(matches) == 3
    assert all(match.score > 80 for match in matches)
