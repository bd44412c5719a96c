"""Forms keep what was typed, are sent once, and find records as one types."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Account
from opportunities.models import Opportunity
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_opportunity

pytestmark = [pytest.mark.browser]

RECORD = re.compile(r"/\d+/$")


def test_a_record_is_made_in_the_side_panel(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/opportunities/")
    page.click("[data-menu=create] summary")
    page.click("[data-menu=create] a:has-text('Account')")
    page.wait_for_selector("#panel input[name=name]")
    assert page.evaluate("document.activeElement.name") == "name"
    page.fill("#panel input[name=name]", "Castellan Pharma")
    page.click("#panel [type=submit].btn-primary")
    page.wait_for_selector("#panel", state="hidden")
    page.click("#toasts a:has-text('Castellan Pharma')")
    page.wait_for_url(RECORD)
    assert Account.objects.get().name == "Castellan Pharma"


def test_the_side_panel_asks_before_it_drops_what_was_typed(signed_in_page, owner):
    page = signed_in_page(owner)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto("/opportunities/")
    page.click("[data-menu=create] summary")
    page.click("[data-menu=create] a:has-text('Account')")
    page.fill("#panel input[name=name]", "Castellan")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert asked == ["confirm"]
    assert page.input_value("#panel input[name=name]") == "Castellan"


def test_an_untouched_side_panel_closes_without_a_word(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/opportunities/")
    page.click("[data-menu=create] summary")
    page.click("[data-menu=create] a:has-text('Account')")
    page.wait_for_selector("#panel input[name=name]")
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel", state="hidden")


def test_leaving_a_changed_form_asks(signed_in_page, owner):
    page = signed_in_page(owner)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/opportunities/new/")
    page.fill("input[name=name]", "Two benches")
    page.goto("/opportunities/")
    assert asked == ["beforeunload"]


def test_a_form_that_is_sent_leaves_without_a_word(signed_in_page, owner):
    page = signed_in_page(owner)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/opportunities/new/")
    page.fill("input[name=name]", "Two benches")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(RECORD)
    assert asked == []
    assert Opportunity.objects.get().name == "Two benches"


def test_a_double_click_sends_once(signed_in_page, owner):
    page = signed_in_page(owner)
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.goto("/opportunities/new/")
    page.fill("input[name=name]", "Two benches")
    page.dblclick(".sendoff [type=submit].btn-primary")
    page.wait_for_url(RECORD)
    assert len([url for url in sent if url.endswith("/new/")]) == 1
    assert Opportunity.objects.count() == 1


def test_a_refused_form_names_the_field_and_keeps_the_rest(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/opportunities/new/")
    page.fill("input[name=estimated_revenue]", "48000")
    page.fill("input[name=est_close_on]", "2030-11-12")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("input[name=estimated_revenue]") == "48000"
    assert page.input_value("input[name=est_close_on]") == "2030-11-12"
    described = page.get_attribute("input[name=name]", "aria-describedby").split()
    assert any(page.is_visible(f"#{one}.invalid-feedback") for one in described)
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.click("[role=alert] a")
    assert page.evaluate("document.activeElement.name") == "name"
    assert Opportunity.objects.count() == 0


def test_a_look_up_searches_and_chooses_by_keyboard(signed_in_page, owner):
    make_account(owner, name="Orchard Foods")
    wanted = make_account(owner, name="Castellan Pharma")
    page = signed_in_page(owner)
    page.goto("/opportunities/new/")
    page.fill("input[name=name]", "Two benches")
    page.focus("#id_account-ts-control")
    page.keyboard.type("castel")
    page.wait_for_selector(".ts-dropdown .option.active:has-text('Castellan Pharma')")
    page.keyboard.press("Enter")
    expect(page.locator("select[name=account]")).to_have_value(str(wanted.pk))


def test_a_session_that_ended_costs_nothing_that_was_typed(
    signed_in_page, owner, client, live_server
):
    page = signed_in_page(owner)
    page.clock.install()
    page.goto("/opportunities/new/")
    page.fill("input[name=name]", "Two benches")
    page.context.clear_cookies()
    page.clock.fast_forward("15:00")
    page.click(".sendoff [type=submit].btn-primary")
    page.wait_for_selector("#signed-out[open]")
    assert page.input_value("input[name=name]") == "Two benches"
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page.click("#signed-out [data-send-again]")
    page.wait_for_url(RECORD)
    assert Opportunity.objects.get().name == "Two benches"


def test_undo_in_a_message_takes_the_change_back(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/opportunities/new/")
    page.fill("input[name=name]", "Two benches")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#toasts .undo")
    page.focus("#main")
    page.keyboard.press("Control+z")
    page.wait_for_selector("#toasts :text('Undone.')")
    assert Opportunity.objects.get().deleted_at is not None


def test_shift_selects_a_run_of_rows(signed_in_page, owner):
    for number in range(5):
        make_opportunity(owner, name=f"Deal {number}")
    page = signed_in_page(owner)
    page.goto("/opportunities/")
    page.click("tbody .pick input >> nth=0")
    page.click("tbody .pick input >> nth=3", modifiers=["Shift"])
    assert page.inner_text("[data-selected-count]") == "4"
    page.click("[data-bulk] [type=reset]")
    page.wait_for_selector("[data-bulk]", state="hidden")


def test_rows_are_walked_and_ticked_by_letters(signed_in_page, owner):
    for number in range(3):
        make_opportunity(owner, name=f"Deal {number}")
    page = signed_in_page(owner)
    page.goto("/opportunities/")
    for key in "jjx":
        page.keyboard.press(key)
    assert page.is_checked("tbody tr:nth-child(2) .pick input")
    assert page.inner_text("[data-selected-count]") == "1"
