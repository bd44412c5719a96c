"""Markup typed in by somebody: a real browser makes no element of it and breaks no policy."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from crm.activities.files import attach_file
from crm.activities.services import log_activity
from tests.factories.accounts import make_account, make_contact
from tests.factories.marketing import give_address, make_list, make_mailing
from tests.factories.opportunities import make_opportunity

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = (
    "\"'></textarea></title></script><x-mark onclick=alert(1)>"
    "<img src=x onerror=\"document.title='run'\"><svg/onload=alert(1)><b>bold</b>"
)


@pytest.fixture
def company_of_markup(admin, as_actor):
    account = make_account(admin, name=TEXT, city=TEXT[:80], description=TEXT)
    make_contact(admin, first_name=TEXT[:60], last_name=TEXT[:60], account=account)
    make_opportunity(admin, name=TEXT, account=account)
    actor = as_actor(admin)
    log_activity(
        actor=actor, regarding=account, values={"kind": "note", "subject": TEXT, "body": TEXT}
    )
    upload = SimpleUploadedFile("x.svg", b"<svg/onload=alert(1)>")
    upload._name = '"><x-mark>.svg'
    attach_file(actor=actor, record=account, upload=upload)
    return account


def made(page):
    """Elements that markup has made, and whether any of it ran."""
    return page.evaluate(
        """() => [document.querySelectorAll("x-mark, img[src='x'], svg[onload]").length,
                  document.title === 'run']"""
    )


def test_pages_show_it_as_text(company_of_markup, admin, signed_in_page):
    account, page = company_of_markup, signed_in_page(admin)
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    for address in (
        *("/accounts/?view=all", "/opportunities/board/", "/search/?q=mark"),
        *(f"/accounts/{account.pk}/{part}" for part in ("", "?tab=history", "?tab=files", "edit/")),
        "/recent/",
    ):
        page.goto(address)
        assert made(page) == [0, False], address
        assert "x-mark" in page.content(), address


def test_what_scripts_draw_shows_it_as_text(company_of_markup, admin, signed_in_page):
    """The palette, a look-up and a filtered list are drawn in the browser."""
    page = signed_in_page(admin)
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto("/")
    page.keyboard.press("Control+k")
    page.locator("#palette input").fill("mark")
    expect(page.locator("#palette-results")).to_contain_text("x-mark")
    assert made(page) == [0, False]
    page.goto("/contacts/new/")
    page.locator("[data-lookup]").first.wait_for(state="attached")
    control = page.locator(".ts-control input").first
    control.click()
    control.press_sequentially("mark")
    expect(page.locator(".ts-dropdown").first).to_contain_text("x-mark")
    assert made(page) == [0, False]


def test_a_mail_is_shown_in_a_frame_where_nothing_runs(marketer, signed_in_page):
    give_address()
    contact = make_contact(marketer, first_name=TEXT[:60], email="a@x.example")
    mailing = make_mailing(
        marketer,
        make_list(marketer, contact),
        message="<p>Dear {{ first_name }}</p><script>parent.document.title='run'</script>",
    )
    page = signed_in_page(marketer)
    page.goto(f"/campaign-activities/{mailing.pk}/preview/?as=contact-{contact.pk}")
    frame = page.frame_locator("iframe").first
    expect(frame.locator("body")).to_contain_text("Dear")
    assert frame.locator("x-mark").count() == 0
    assert page.title() != "run"
