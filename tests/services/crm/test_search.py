"""Searching every type at once, as it is spelt and as it may have been meant."""

import pytest

from crm.search.services import search
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_opportunity

pytestmark = pytest.mark.django_db


def titles(groups):
    return [hit.title for group in groups for hit in group.hits]


def test_what_holds_every_word_is_found_whatever_its_type(owner, as_actor):
    make_account(owner, name="Meridian Biotech")
    make_contact(owner, first_name="Ada", last_name="Meridian")
    make_opportunity(owner, name="Meridian: new plant")
    found = search(as_actor(owner), "meridian")
    assert sorted(titles(found.groups)) == [
        "Ada Meridian",
        "Meridian Biotech",
        "Meridian: new plant",
    ]
    assert found.similar == []


@pytest.mark.parametrize("typed", ["meridain biotech", "meridan biotech", "meridian botech"])
def test_a_mistyped_name_is_found_by_what_it_resembles(owner, as_actor, typed):
    make_account(owner, name="Meridian Biotech")
    make_account(owner, name="Aurelis Foods")
    found = search(as_actor(owner), typed)
    assert (titles(found.groups), titles(found.similar)) == ([], ["Meridian Biotech"])


def test_accents_and_case_are_no_mistake(owner, as_actor):
    make_account(owner, name="Société Générale")
    assert titles(search(as_actor(owner), "SOCIETE GENERALE").groups) == ["Société Générale"]
    assert titles(search(as_actor(owner), "societte").similar) == ["Société Générale"]


def test_the_most_alike_comes_first_and_nothing_twice(owner, as_actor):
    make_account(owner, name="Meridana")
    make_account(owner, name="Meridian")
    make_account(owner, name="Meridain")
    found = search(as_actor(owner), "meridain")
    assert titles(found.groups) == ["Meridain"]
    assert titles(found.similar)[0] in {"Meridian", "Meridana"}
    assert "Meridain" not in titles(found.similar)


def test_a_hit_says_what_matched_beside_its_title(owner, as_actor):
    make_contact(
        owner, first_name="Ada", last_name="Lind", email="ada@sólar.example", job_title="Buyer"
    )
    make_contact(owner, first_name="Ada", last_name="Solar", job_title="Chemist")
    hits = search(as_actor(owner), "solar").groups[0].hits
    assert {hit.title: hit.note for hit in hits} == {
        "Ada Lind": "ada@sólar.example · Buyer",
        "Ada Solar": "Chemist",
    }


def test_what_one_may_not_see_resembles_nothing(owner, stranger, as_actor):
    make_account(stranger, name="Meridian Biotech")
    found = search(as_actor(owner), "meridain biotech")
    assert (found.groups, found.similar) == ([], [])


@pytest.mark.parametrize("typed", ["", "x", "me", "\0meridain", "%", "'; --"])
def test_what_can_not_be_meant_finds_nothing(owner, as_actor, typed):
    make_account(owner, name="Zebra")
    found = search(as_actor(owner), typed)
    assert (found.groups, found.similar) == ([], [])


def test_enough_hits_need_no_second_query(owner, as_actor, django_assert_num_queries):
    for number in range(3):
        make_account(owner, name=f"Meridian {number}")
    actor = as_actor(owner)
    search(actor, "meridian")
    with django_assert_num_queries(1):
        search(actor, "meridian")


def test_the_page_says_that_it_guessed(owner, sign_in):
    make_account(owner, name="Meridian Biotech")
    text = sign_in(owner).get("/search/?q=meridain").content.decode()
    assert "Nothing is spelt so. Spelt alike:" in text
    assert ">Meridian Biotech</a>" in text
    palette = sign_in(owner).get("/search/?q=meridain&format=palette").json()["results"]
    assert [found["title"] for found in palette] == ["Meridian Biotech"]
