"""The pages of merging: choose, compare, and where the old address leads."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from crm.models import MergedRecord
from crm.records.merging.services import merge_records
from crm.registry.registry import registry
from tests.contract.watching import nothing_changes
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case
from tests.markup import tight

pytestmark = pytest.mark.django_db


def sent(*records, survivor=None, **more):
    stays = survivor or records[0]
    return {
        "ids": [one.pk for one in records],
        "survivor": stays.pk,
        "form_token": uuid.uuid4().hex,
        **{f"version_{one.pk}": one.version for one in records},
        **more,
    }


def page_of(*records):
    query = "&".join(f"ids={one.pk}" for one in records)
    return f"/{registry.of(records[0]).slug}/merge/?{query}"


def merged(as_actor, user, survivor, loser):
    return merge_records(
        actor=as_actor(user),
        record_type=registry.of(survivor),
        survivor_id=survivor.pk,
        loser_ids=[loser.pk],
    )


def test_ticked_rows_lead_to_the_page_that_compares_them(owner, sign_in):
    first, second = make_account(owner), make_account(owner)
    data = {"ids": [second.pk, first.pk], "query": ""}
    response = sign_in(owner).post("/accounts/bulk/merge/", data)
    assert response["Location"] == page_of(first, second)


def test_one_row_alone_is_sent_back_with_a_reason(owner, sign_in):
    account = make_account(owner)
    response = sign_in(owner).post("/accounts/bulk/merge/", {"ids": account.pk}, follow=True)
    assert response.request["PATH_INFO"] == "/accounts/"
    assert b"Choose two to ten records" in response.content


def test_a_ticked_row_one_may_not_merge_is_named(owner, teammate, sign_in):
    mine, theirs = make_account(owner), make_account(teammate, name="Not mine")
    data = {"ids": [mine.pk, theirs.pk]}
    response = sign_in(owner).post("/accounts/bulk/merge/", data, follow=True)
    assert response.request["PATH_INFO"] == "/accounts/"
    assert "do not allow merging “Not mine”" in tight(response.content.decode())


def test_the_page_shows_what_differs_and_folds_what_does_not(owner, sign_in):
    first = make_account(owner, name="Nordfjord", city="Bergen", country="NO")
    second = make_account(owner, name="Nordfjord AS", city="", country="NO", phone="12")
    make_contact(owner, account=second)
    response = sign_in(owner).get(page_of(first, second))
    table = response.context["table"]
    assert [row.name for row in table.differing] == ["name", "phone", "city"]
    assert [label for label, _shown in table.alike if label == "Country"] == ["Country"]
    chosen = {row.name: [one.is_chosen for one in row.choices] for row in table.differing}
    assert chosen == {"name": [True, False], "phone": [False, True], "city": [True, False]}
    assert "hands over 1 contact." in tight(response.content.decode())
    assert [head.brings for head in table.heads] == ["", "1 contact"]


def test_the_fullest_is_proposed_to_stay_and_says_why(owner, sign_in):
    first, second = make_account(owner), make_account(owner, city="Lyon", phone="12")
    table = sign_in(owner).get(page_of(first, second)).context["table"]
    assert table.survivor_id == second.pk
    assert "most fields filled in" in table.reason


def test_of_equals_the_oldest_is_proposed_to_stay(owner, sign_in):
    first, second = make_account(owner, name="A one"), make_account(owner, name="B one")
    table = sign_in(owner).get(page_of(second, first)).context["table"]
    assert table.survivor_id == first.pk
    assert "it is the oldest" in table.reason


def test_counts_tell_nothing_of_hidden_rows(owner, stranger, sign_in):
    first, second = make_account(owner), make_account(owner)
    make_contact(stranger, account=second, last_name="Zyxwut")
    content = tight(sign_in(owner).get(page_of(first, second)).content.decode())
    assert "hands over" not in content
    assert "1 contact" not in content


def test_a_hidden_link_is_neither_named_nor_offered(owner, stranger, sign_in):
    hidden = make_account(stranger, name="Zyxwut Holding")
    first, second = make_account(owner, city="Lyon"), make_account(owner, parent=hidden)
    client = sign_in(owner)
    response = client.get(page_of(first, second))
    content = tight(response.content.decode())
    assert "Zyxwut" not in content
    assert f'name="keep_parent" value="{second.pk}"' not in content
    with nothing_changes():
        answer = client.post("/accounts/merge/", sent(first, second, keep_parent=second.pk))
    assert answer.status_code == 422
    assert "Zyxwut" not in tight(answer.content.decode())


def test_merging_leads_to_the_record_that_stays_and_offers_undo(owner, sign_in):
    first, second = make_account(owner, city="Bergen"), make_account(owner, city="Oslo")
    client = sign_in(owner)
    response = client.post(
        "/accounts/merge/", sent(first, second, keep_city=second.pk), follow=True
    )
    assert response.request["PATH_INFO"] == f"/accounts/{first.pk}/"
    first.refresh_from_db()
    assert first.city == "Oslo"
    undo = re.search(r'action="(/undo/[^"]+)"', tight(response.content.decode()))[1]
    client.post(undo, {"next": f"/accounts/{first.pk}/"})
    first.refresh_from_db()
    assert first.city == "Bergen"
    assert Account.objects.alive().count() == 2


def test_sending_the_form_twice_gives_one_result(owner, sign_in):
    first, second = make_account(owner), make_account(owner)
    client, data = sign_in(owner), sent(first, second)
    answers = [client.post("/accounts/merge/", data) for _time in range(2)]
    assert [one["Location"] for one in answers] == [f"/accounts/{first.pk}/"] * 2
    assert MergedRecord.objects.count() == 1


def test_after_somebody_elses_change_the_choices_are_kept(owner, sign_in):
    first, second = make_account(owner, city="Bergen"), make_account(owner, city="Oslo")
    data = sent(first, second, survivor=second, keep_city=first.pk)
    Account.objects.filter(pk=first.pk).update(phone="99")
    client = sign_in(owner)
    with nothing_changes():
        response = client.post("/accounts/merge/", data)
    assert response.status_code == 409
    table = response.context["table"]
    assert table.survivor_id == second.pk
    city = next(row for row in table.differing if row.name == "city")
    assert [one.is_chosen for one in city.choices] == [True, False]
    assert "99" in tight(response.content.decode())
    first.refresh_from_db()
    again = sent(first, second, survivor=second, keep_city=first.pk)
    assert sign_in(owner).post("/accounts/merge/", again).status_code == 302


def test_who_comes_too_late_is_led_to_the_record_that_stayed(owner, sign_in, as_actor):
    first, second, third = (make_account(owner) for _one in range(3))
    merged(as_actor, owner, first, second)
    client = sign_in(owner)
    with nothing_changes():
        response = client.post("/accounts/merge/", sent(second, third))
    assert response["Location"] == f"/accounts/{first.pk}/"


def test_without_a_record_that_stays_nothing_is_merged(owner, sign_in):
    first, second = make_account(owner), make_account(owner)
    client, data = sign_in(owner), {**sent(first, second), "survivor": ""}
    with nothing_changes():
        response = client.post("/accounts/merge/", data)
    assert response.status_code == 422


def test_a_merged_record_leads_to_the_one_that_stayed_in_the_end(
    owner, stranger, sign_in, as_actor
):
    first, second, third = (make_account(owner) for _one in range(3))
    merged(as_actor, owner, second, first)
    merged(as_actor, owner, third, second)
    response = sign_in(owner).get(f"/accounts/{first.pk}/")
    assert response["Location"] == f"/accounts/{third.pk}/"
    assert sign_in(stranger).get(f"/accounts/{first.pk}/").status_code == 404


def test_a_merged_record_is_in_no_list_look_up_search_or_bin(owner, sign_in, as_actor):
    stays, goes = make_account(owner, name="Nordfjord"), make_account(owner, name="Zyxwut")
    merged(as_actor, owner, stays, goes)
    client = sign_in(owner)
    client.get("/accounts/")
    for path in ("/accounts/?view=all", "/accounts/bin/", "/search/?q=Zyxwut"):
        assert f"/accounts/{goes.pk}/" not in tight(client.get(path).content.decode()), path
    assert "Zyxwut" not in tight(client.get("/accounts/bin/").content.decode())
    assert client.get("/lookup/account/", {"q": "Zyxwut"}).json()["results"] == []
    answer = client.post("/accounts/duplicates/", {"name": "Zyxwut"})
    assert answer.context["matches"] == []


def test_a_merged_case_names_the_one_that_stayed(agent, sign_in, as_actor):
    stays, goes = make_case(agent, title="Pump stops"), make_case(agent, title="Pump again")
    merged(as_actor, agent, stays, goes)
    client = sign_in(agent)
    content = tight(client.get(f"/cases/{goes.pk}/").content.decode())
    assert f'<a href="/cases/{stays.pk}/">Pump stops</a>' in content
    assert "Reopen" not in content
    answer = client.post(
        "/cases/duplicates/", {"title": "Pump again", "account": str(goes.account_id)}
    )
    assert answer.context["matches"] == []


def test_the_record_that_stayed_says_what_was_merged_into_it(owner, teammate, sign_in, as_actor):
    stays, goes = make_account(owner), make_account(owner, name="Zyxwut")
    merged(as_actor, owner, stays, goes)
    content = tight(sign_in(owner).get(f"/accounts/{stays.pk}/").content.decode())
    assert "Zyxwut" in content
    assert f"/undo/{MergedRecord.objects.get().operation}/" in content
    other = tight(sign_in(teammate).get(f"/accounts/{stays.pk}/").content.decode())
    assert "/undo/" not in other


def test_likely_duplicates_are_offered_first(owner, sign_in):
    account = make_account(owner, name="Nordfjord", email="a@b.example")
    alike = make_account(owner, name="Other name", email="a@b.example")
    far = make_account(owner, name="Quite another")
    client = sign_in(owner)
    response = client.get(f"/accounts/{account.pk}/merge/")
    assert [match.record.pk for match in response.context["matches"]] == [alike.pk]
    chosen = client.post(f"/accounts/{account.pk}/merge/", {"ids": alike.pk, "others": [far.pk]})
    assert chosen["Location"] == page_of(account, alike, far)
    typed = client.post(f"/accounts/{account.pk}/merge/", {"others__text": "Quite another"})
    assert typed["Location"] == page_of(account, far)
    assert client.post(f"/accounts/{account.pk}/merge/", {}).status_code == 422


def test_the_command_is_offered_to_those_who_may(owner, teammate, sign_in):
    account = make_account(owner)
    address = f'href="/accounts/{account.pk}/merge/"'
    assert address in tight(sign_in(owner).get(f"/accounts/{account.pk}/").content.decode())
    assert address not in tight(sign_in(teammate).get(f"/accounts/{account.pk}/").content.decode())


def test_types_that_are_not_merged_have_no_page_for_it(owner, sign_in):
    assert sign_in(owner).get("/quotes/merge/?ids=1&ids=2").status_code == 404
    assert sign_in(owner).post("/quotes/bulk/merge/", {"ids": "1"}).status_code == 404


def test_the_page_asks_no_more_for_more_records_and_rows(owner, sign_in):
    accounts = [make_account(owner, name=f"Nordfjord {number}") for number in range(6)]
    client = sign_in(owner)

    def queries(*records):
        client.get(page_of(*records))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page_of(*records)).status_code == 200
        return len(asked)

    few = queries(*accounts[:2])
    for account in accounts:
        make_contact(owner, account=account)
        make_case(owner, account=account)
    assert queries(*accounts) <= few
