import pytest
from playwright.sync_api import expect

from accounts.models import Account
from tests.browser.pages import Visit
from tests.browser.test_every_page import wrongs
from tests.factories.accounts import make_account, make_contact

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_ticked_rows_become_one_and_two_again(owner, signed_in_page):
    first = make_account(owner, name="Nordfjord", city="Bergen")
    second = make_account(owner, name="Nordfjord AS", city="Oslo", phone="12")
    person = make_contact(owner, account=first)
    page = signed_in_page(owner)
    page.goto("/accounts/?view=all")
    for name in ("Nordfjord", "Nordfjord AS"):
        page.get_by_label(f"Select {name}", exact=True).check()
    page.get_by_role("button", name="Merge", exact=True).click()

    expect(page.get_by_label("Keep Nordfjord AS")).to_be_checked()
    page.get_by_role("button", name="Take all values of Nordfjord", exact=True).click()
    expect(page.get_by_label("City: Bergen")).to_be_checked()
    page.get_by_label("City: Oslo").check()
    page.get_by_label("Keep Nordfjord AS").check()
    page.get_by_role("button", name="Merge", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Nordfjord")
    person.refresh_from_db()
    assert person.account_id == second.pk
    assert Account.objects.alive().get().city == "Oslo"

    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("Undone")
    person.refresh_from_db()
    assert person.account_id == first.pk
    assert Account.objects.alive().count() == 2


def test_the_pages_of_merging_can_be_used_by_everybody(owner, signed_in_page):
    long = make_account(owner, name="Castellan Pharma and its daughters in many countries")
    twin = make_account(owner, name="Castellan Pharma", description="Many words. " * 60)
    others = [make_account(owner, name=f"Castellan {number}") for number in range(8)]
    page = signed_in_page(owner)
    all_of_them = "&".join(f"ids={one.pk}" for one in (long, twin, *others))
    for path in (f"/accounts/{twin.pk}/merge/", f"/accounts/merge/?{all_of_them}"):
        assert wrongs(page, Visit(path)) == []
