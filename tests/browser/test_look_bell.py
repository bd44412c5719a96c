"""The bell: its menu, its keys, and what it counts."""

import pytest
from playwright.sync_api import expect

from crm import clock
from crm.models import Notification
from tests.factories.accounts import make_account

pytestmark = [pytest.mark.browser]


def tell(user, count):
    """Tells of so many accounts; the newest is the last one."""
    for number in range(count):
        account = make_account(user, name=f"Firm {number}")
        Notification.objects.create(
            recipient=user,
            kind="shared",
            record_type="account",
            record_id=account.pk,
            at=clock.now(),
        )
    return account


def badge(page):
    return page.inner_text(".bell .badge-n")


def words(page):
    return page.get_attribute(".bell > summary", "aria-label")


def test_opening_a_record_from_the_bell_marks_its_notification_as_read(signed_in_page, owner):
    account = tell(owner, 3)
    page = signed_in_page(owner)
    page.goto("/")
    assert (badge(page), words(page)) == ("3", "Notifications, 3 unread")
    page.click(".bell > summary")
    with page.expect_response("**/read/"):
        page.click(".notices li >> nth=0 >> a")
    page.wait_for_url(f"**/accounts/{account.pk}/")
    page.wait_for_selector(".bell[data-count='2']")
    assert badge(page) == "2"
    assert Notification.objects.exclude(read_at=None).get().record_id == account.pk


def test_all_are_marked_in_the_menu_which_stays_open(signed_in_page, owner):
    tell(owner, 12)
    page = signed_in_page(owner)
    page.goto("/")
    assert badge(page) == "9+"
    page.focus(".bell > summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#read-all")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "read-all"
    page.keyboard.press("Enter")
    page.wait_for_selector("#read-all", state="detached")
    assert page.get_attribute(".bell", "open") is not None
    assert words(page) == "Notifications, none unread"
    assert page.is_hidden(".bell .badge-n")
    expect(page.locator("#announcer")).to_have_text("All notifications are marked as read.")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.bell > summary')")


def test_two_letters_lead_to_the_page_where_a_row_is_marked_and_taken_back(signed_in_page, owner):
    tell(owner, 2)
    page = signed_in_page(owner)
    page.goto("/")
    page.keyboard.press("?")
    assert "Notifications" in page.inner_text("[data-letters]")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/notifications/")
    row = page.locator(".notice-row").first
    row.get_by_role("button").click()
    page.wait_for_selector(".bell[data-count='1']")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == (
        "Mark Firm 1 as unread"
    )
    row.get_by_role("button").click()
    page.wait_for_selector(".bell[data-count='2']")


def test_news_shows_without_loading_the_page_again_and_is_said(signed_in_page, owner):
    page = signed_in_page(owner)
    page.clock.install()
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert badge(page) == ""
    tell(owner, 1)
    with page.expect_response("**/notifications/count/**"):
        page.clock.run_for(61_000)
    page.wait_for_selector(".bell[data-count='1']")
    assert badge(page) == "1"
    page.clock.run_for(100)
    assert page.inner_text("#announcer") == "Notifications, 1 unread"
