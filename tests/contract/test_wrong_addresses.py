"""Addresses and answers that once led to an error of ours."""

import pytest

from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.filling import sent_as
from tests.factories.accounts import make_account
from tests.factories.marketing import make_list

pytestmark = pytest.mark.django_db


def test_a_list_is_filtered_by_an_owner_whose_name_is_typed(owner, teammate, sign_in):
    make_account(owner, name="Alder Labs")
    make_account(teammate, name="Birch Foods")
    page = sign_in(owner).get("/accounts/?view=all&owner__text=teammate").content.decode()
    assert "Birch Foods" in page
    assert "Alder Labs" not in page
    assert sign_in(owner).get("/accounts/?owner__text=nobody").status_code == 400


@pytest.mark.parametrize("target", ["-1", "accounts", "javascript:alert(1)", "//evil.example", ""])
def test_a_small_form_returns_to_a_place_of_ours_or_to_the_record(target, owner, sign_in):
    account = make_account(owner)
    data = {"kind": "note", "body": "A word.", "next": target}
    answer = sign_in(owner).post(f"/accounts/{account.pk}/compose/", data)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/{account.pk}/")


@pytest.mark.parametrize(("key", "taken"), [("queue", "name"), ("product", "code")])
def test_a_name_that_is_taken_is_said_and_free_again_from_the_bin(
    key, taken, admin, sign_in, as_actor
):
    record_type = registry.get(key)
    first = make_record(record_type.model, admin, "ONE", **{taken: "ONE"})
    values = sent_as(record_type, as_actor(admin), first) | {"save_anyway": "1"}
    client, address = sign_in(admin), f"/{record_type.slug}/"
    answer = client.post(f"{address}new/", values)
    assert answer.status_code == 422
    client.post(f"{address}{first.pk}/delete/")
    again = client.post(f"{address}new/", values)
    assert again.status_code == 302, again.context["form"].errors
    assert client.post(f"{address}bin/", {"restore": first.pk}).status_code < 500


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=a%00bc",
        "/lookup/account/?q=a%00bc",
        "/lookup/principal/?q=a%00bc",
        "/accounts/?q=a%00bc",
        "/settings/mailbox/?q=a%00bc",
    ],
)
def test_a_zero_byte_is_found_nowhere(address, owner, admin, sign_in):
    make_account(owner, name="abc")
    answer = sign_in(admin).get(address)
    assert answer.status_code in (200, 400)


def test_a_page_of_members_far_beyond_the_last_is_empty(marketer, sign_in):
    marketing_list = make_list(marketer)
    client = sign_in(marketer)
    for page in ("999999999999999999", "0", "-1", "²"):
        answer = client.get(f"/marketing-lists/{marketing_list.pk}/members/?page={page}")
        assert answer.status_code == 200, page
