"""Every way out of a page with something typed keeps it, sends it or asks."""

import re

import pytest
from django.test import Client

from opportunities.models import Opportunity
from sales_docs.models import Quote
from tests.factories.cases import make_case, make_queue
from tests.factories.sales_docs import line, make_quote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ASKED = "not saved yet"


def refuse_questions(page):
    """Answers no to every question of the page from now on; returns what was asked."""
    asked = []

    def reply(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", reply)
    return asked


def sign_in_elsewhere(page, user, live_server):
    """The browser's cookies become those of another log-in, as in a second tab."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page.context.clear_cookies()
    value = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])


def test_a_command_asks_before_it_drops_an_unsaved_line(owner, signed_in_page):
    quote = make_quote(owner, line("Bench", price="100"))
    page = signed_in_page(owner)
    page.goto(f"/quotes/{quote.pk}/", wait_until="networkidle")
    page.fill("#composer [name=body]", "They want it in May")
    asked = refuse_questions(page)
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Activate").click()
    assert [ASKED in message for message in asked] == [True]
    quote.refresh_from_db()
    assert quote.state == Quote.State.DRAFT
    assert page.input_value("#composer [name=body]") == "They want it in May"


def test_the_desk_asks_before_it_drops_a_reply(agent, signed_in_page):
    queue = make_queue(agent, agent)
    first = make_case(agent, title="One", queue=queue)
    make_case(agent, title="Two", queue=queue)
    page = signed_in_page(agent)
    page.goto(f"/case-queue/{queue.pk}/?case={first.pk}", wait_until="networkidle")
    page.fill("#composer [name=body]", "We are looking into it")
    asked = refuse_questions(page)
    with page.expect_event("dialog"):
        page.locator("#desk a", has_text="Two").first.click()
    assert [ASKED in message for message in asked] == [True]
    assert page.input_value("#composer [name=body]") == "We are looking into it"


def test_logging_in_again_in_another_tab_costs_nothing(owner, signed_in_page, live_server):
    page = signed_in_page(owner)
    page.goto("/opportunities/new/", wait_until="networkidle")
    page.fill("[name=name]", "Two benches")
    sign_in_elsewhere(page, owner, live_server)
    page.click(".sendoff [type=submit].btn-primary")
    page.wait_for_url(re.compile(r"/opportunities/\d+/"))
    assert Opportunity.objects.get().name == "Two benches"


def test_logging_out_elsewhere_is_asked_for_in_place_at_any_age(owner, signed_in_page, live_server):
    page = signed_in_page(owner)
    page.goto("/opportunities/new/", wait_until="networkidle")
    page.fill("[name=name]", "Two benches")
    page.context.clear_cookies()
    page.click(".sendoff [type=submit].btn-primary")
    page.wait_for_selector("#signed-out[open]")
    assert not Opportunity.objects.exists()
    sign_in_elsewhere(page, owner, live_server)
    page.click("#signed-out [data-send-again]")
    page.wait_for_url(re.compile(r"/opportunities/\d+/"))
    assert Opportunity.objects.get().name == "Two benches"
