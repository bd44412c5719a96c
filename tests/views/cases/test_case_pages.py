"""The pages of cases, and what other pages show of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Case, QueueItem
from crm.activities.services import log_activity
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case, make_queue
from tests.factories.opportunities import make_opportunity
from tests.factories.service import make_article, make_contract, make_line
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


def test_the_page_shows_the_customers_other_cases_deals_and_what_was_agreed(agent, owner, sign_in):
    account = make_account(owner, name="Vallée Santé")
    today = timezone.localdate()
    contract = make_contract(
        agent,
        account=account,
        state="active",
        starts_on=today - timedelta(days=5),
        ends_on=today + timedelta(days=5),
    )
    make_line(contract)
    make_opportunity(owner, account=account, name="Fleet renewal")
    make_case(agent, account=account, title="Lamp replaced twice")
    make_case(agent, title="Of somebody else")
    make_article(agent, title="Dates on reports", state="published", published_at=timezone.now())
    case = make_case(agent, account=account, title="Wrong date on report")
    page = text_of(sign_in(agent).get(f"/cases/{case.pk}/"))
    assert "Lamp replaced twice" in page
    assert "Of somebody else" not in page
    assert "Fleet renewal" in page
    assert "20 of 20 left" in page
    assert "Dates on reports" in page


def test_what_the_reader_may_not_see_is_not_beside_the_case(owner, stranger, agent, sign_in):
    """A sales rep reads every case, but only the accounts and deals of the own unit."""
    account = make_account(owner, name="Vallée Santé")
    make_opportunity(owner, account=account, name="Secret deal")
    case = make_case(agent, account=account)
    page = text_of(sign_in(stranger).get(f"/cases/{case.pk}/"))
    assert "Secret deal" not in page
    assert 'id="panel-customer"' not in page


@pytest.mark.parametrize("place", ["account", "contact", "deal"])
def test_open_cases_are_told_on_the_customers_pages(place, owner, agent, sign_in):
    account = make_account(owner, name="Vallée Santé")
    contact = make_contact(owner, account=account)
    deal = make_opportunity(owner, account=account)
    case = make_case(agent, account=account, contact=contact)
    make_case(agent, account=account, contact=contact)
    addresses = {
        "account": f"/accounts/{account.pk}/",
        "contact": f"/contacts/{contact.pk}/",
        "deal": f"/opportunities/{deal.pk}/",
    }
    client = sign_in(owner)
    page = text_of(client.get(addresses[place]))
    assert "2 open cases at " in page
    Case.objects.filter(pk=case.pk).update(is_escalated=True, escalated_at=timezone.now())
    assert "1 of them escalated." in text_of(client.get(addresses[place]))
    Case.objects.update(state="canceled", reason="canceled")
    assert "open cases at" not in text_of(client.get(addresses[place]))


def test_a_case_is_made_by_form_and_put_into_a_queue(agent, admin, sign_in):
    queue = make_queue(admin)
    account = make_account(agent)
    client = sign_in(agent)
    assert "Instruments" in text_of(client.get(f"/cases/new/?queue={queue.pk}"))
    answer = client.post(
        "/cases/new/",
        {
            "title": "Pump stops",
            "account": account.pk,
            "priority": 1,
            "origin": "email",
            "stage": "identify",
            "owner": agent.pk,
            "queue": queue.pk,
        },
    )
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.pk}/"
    assert QueueItem.objects.get(case=case).queue_id == queue.pk
    assert b'name="queue"' not in client.get(f"/cases/{case.pk}/edit/").content


def test_a_form_without_customer_keeps_what_was_typed(agent, sign_in):
    answer = sign_in(agent).post(
        "/cases/new/",
        {
            "title": "Pump stops",
            "priority": 1,
            "origin": "email",
            "stage": "identify",
            "owner": agent.pk,
        },
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Name a company, a person, or both." in page
    assert 'value="Pump stops"' in page
    assert Case.objects.count() == 0


def test_resolving_shows_what_is_planned_and_asks_to_cancel_it(agent, sign_in, as_actor):
    case = make_case(agent)
    plan = {"kind": "task", "subject": "Ring back"}
    log_activity(actor=as_actor(agent), regarding=case, values=plan)
    client = sign_in(agent)
    page = text_of(client.get(f"/cases/{case.pk}/resolve/"))
    assert "Cancel what is still planned" in page
    assert "“Ring back”" in page

    given = {"reason": "solved", "resolution": "New lamp", "minutes": 20, "billable_minutes": 10}
    refused = client.post(f"/cases/{case.pk}/resolve/", given)
    assert refused.status_code == 422
    assert "New lamp" in text_of(refused)
    assert Case.objects.get().state == "active"

    done = client.post(f"/cases/{case.pk}/resolve/", {**given, "cancel_open": "on"}, follow=True)
    assert done.redirect_chain[-1][0] == f"/cases/{case.pk}/"
    assert Case.objects.get().state == "resolved"
    assert "New lamp" in text_of(done)


def test_the_board_moves_a_case_to_another_status(agent, sign_in):
    case = make_case(agent)
    client = sign_in(agent)
    assert "Pump stops" in text_of(client.get("/cases/board/"))
    client.post(f"/cases/{case.pk}/move/", {"value": "waiting", "version": case.version})
    assert Case.objects.get().reason == "waiting"


@pytest.mark.parametrize(
    "view", ["mine", "active", "untaken", "escalated", "follow-up", "resolved", "all"]
)
def test_every_view_opens_and_shows_what_it_is_about(view, agent, admin, sign_in):
    now = timezone.now()
    made = {
        "mine": make_case(agent, title="Mine"),
        "untaken": make_case(admin, title="Untaken", queue=make_queue(admin)),
        "escalated": make_case(admin, title="Escalated one", is_escalated=True, escalated_at=now),
        "follow-up": make_case(admin, title="To follow", follow_up_on=timezone.localdate()),
        "resolved": make_case(
            admin, title="Solved", state="resolved", reason="solved", resolved_at=now
        ),
    }
    shown = {
        "mine": {"mine"},
        "active": {"mine", "untaken", "escalated", "follow-up"},
        "untaken": {"untaken"},
        "escalated": {"escalated"},
        "follow-up": {"follow-up"},
        "resolved": {"resolved"},
        "all": set(made),
    }[view]
    page = text_of(sign_in(agent).get(f"/cases/?view={view}"))
    found = {key for key, case in made.items() if f'href="/cases/{case.pk}/"' in page}
    assert found == shown


def test_today_shows_my_cases_with_what_is_at_risk(agent, sign_in):
    make_case(agent, title="Line stands", is_escalated=True, escalated_at=timezone.now())
    page = text_of(sign_in(agent).get("/"))
    assert "Line stands" in page
    assert "1 escalated" in page


def test_a_contract_is_written_line_by_line_and_invoiced(agent, sign_in):
    contract = make_contract(agent)
    client = sign_in(agent)
    page = text_of(client.get(f"/contracts/{contract.pk}/"))
    assert "It grants nothing yet." in page
    line = {"title": "Requests", "allotment": "cases", "total": 20, "price": "100.50"}
    client.post(f"/contracts/{contract.pk}/line/", line)
    page = text_of(client.get(f"/contracts/{contract.pk}/"))
    assert "20 of 20 left" in page
    assert "€100.50" in page
    made = contract.lines.get()
    assert 'value="Requests"' in text_of(
        client.get(f"/contracts/{contract.pk}/line/?line={made.pk}")
    )
    client.post(f"/contracts/{contract.pk}/remove-line/", {"line": made.pk})
    assert contract.lines.count() == 0


def test_an_articles_text_cannot_run(agent, sign_in):
    article = make_article(agent, body="# Title\n\n<script>alert(1)</script>\n\n**bold**")
    page = text_of(sign_in(agent).get(f"/articles/{article.pk}/"))
    assert "<script>alert(1)" not in page
    assert "<strong>bold</strong>" in page


def test_a_case_page_costs_at_most_fifteen_queries(agent, sign_in, django_assert_max_num_queries):
    account = make_account(agent)
    contact = make_contact(agent, account=account)
    for number in range(8):
        make_case(agent, account=account, title=f"Earlier {number}")
        make_opportunity(agent, account=account)
    make_line(make_contract(agent, account=account, state="active"))
    case = make_case(agent, account=account, contact=contact)
    client = sign_in(agent)
    client.get(f"/cases/{case.pk}/")
    with django_assert_max_num_queries(15):
        client.get(f"/cases/{case.pk}/")
