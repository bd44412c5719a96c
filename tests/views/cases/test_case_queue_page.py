"""The page on which agents work through their queues."""

import pytest

from cases.models import Case, QueueItem
from cases.services import pick_case
from crm.activities.services import log_activity
from crm.models import Activity, FieldChange, JournalEntry
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case, make_queue
from tests.markup import tight
from tests.people import make_user


@pytest.fixture
def queue(admin):
    return make_queue(admin)


def text_of(answer):
    return tight(answer.content.decode())


def counts():
    return JournalEntry.objects.count(), FieldChange.objects.count(), Activity.objects.count()


def test_the_page_lists_what_is_waiting_the_most_urgent_first(agent, admin, queue, sign_in):
    make_case(admin, queue=queue, title="Later", priority=3)
    make_case(admin, queue=queue, title="Sooner", priority=1)
    page = text_of(sign_in(agent).get(f"/case-queue/{queue.pk}/"))
    assert page.index("Sooner</a>") < page.index("Later</a>")
    assert "<h1>Instruments</h1>" in page
    assert 'Waiting <span class="count">2</span>' in page


def test_beside_the_list_stands_the_chosen_case_with_its_customer(agent, admin, queue, sign_in):
    account = make_account(admin, name="Vallée Santé")
    contact = make_contact(admin, account=account, email="roux@sante.example")
    make_case(admin, account=account, title="An earlier one")
    make_case(admin, queue=queue, title="First", priority=1)
    case = make_case(admin, queue=queue, account=account, contact=contact, title="Wrong date")
    page = text_of(sign_in(agent).get(f"/case-queue/{queue.pk}/?case={case.pk}"))
    assert ">Wrong date</a></h2>" in page
    assert "Vallée Santé" in page
    assert "An earlier one" in page
    assert 'value="roux@sante.example"' in page
    assert f"Re: Wrong date [{case.number}]" in page


def test_home_leads_to_ones_own_work_else_to_the_first_busy_queue(agent, admin, queue, sign_in):
    client = sign_in(agent)
    assert client.get("/case-queue/")["Location"] == "/case-queue/mine/working/"
    make_case(admin, queue=queue)
    assert client.get("/case-queue/")["Location"] == f"/case-queue/{queue.pk}/"
    make_case(agent)
    assert client.get("/case-queue/")["Location"] == "/case-queue/mine/working/"


def test_next_takes_the_most_urgent_and_shows_it_among_mine(agent, admin, queue, sign_in):
    make_case(admin, queue=queue, title="Later", priority=3)
    urgent = make_case(admin, queue=queue, title="Sooner", priority=1)
    answer = sign_in(agent).post(f"/case-queue/{queue.pk}/next/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/case-queue/mine/working/?case={urgent.pk}"
    assert "This case is yours now." in text_of(answer)
    assert QueueItem.objects.get(case=urgent).worked_by_id == agent.pk


def test_next_in_an_empty_queue_says_so(agent, queue, sign_in):
    answer = sign_in(agent).post(f"/case-queue/{queue.pk}/next/", follow=True)
    assert "Nothing is waiting here. Well done." in text_of(answer)


def test_picking_what_another_took_says_who(agent, admin, queue, sign_in, as_actor):
    case = make_case(admin, queue=queue)
    colleague = make_user("colleague", agent.unit, "service_agent")
    pick_case(actor=as_actor(colleague), record_id=case.pk)
    before = counts()
    answer = sign_in(agent).post(f"/case-queue/pick/{case.pk}/", follow=True)
    assert "Colleague has taken this one already. Take the next one." in text_of(answer)
    assert counts() == before
    assert Case.objects.get(pk=case.pk).owner_id == colleague.pk


def test_giving_back_returns_to_the_queue(agent, admin, queue, sign_in, as_actor):
    case = make_case(admin, queue=queue)
    pick_case(actor=as_actor(agent), record_id=case.pk)
    answer = sign_in(agent).post(f"/case-queue/release/{case.pk}/")
    assert answer["Location"] == f"/case-queue/{queue.pk}/"
    assert QueueItem.objects.get(case=case).worked_by is None


def test_a_note_written_there_returns_there(agent, admin, queue, sign_in):
    case = make_case(admin, queue=queue)
    back = f"/case-queue/{queue.pk}/?case={case.pk}"
    answer = sign_in(agent).post(
        f"/cases/{case.pk}/compose/", {"kind": "note", "body": "Asked for a picture.", "next": back}
    )
    assert answer["Location"] == back
    assert "Asked for a picture." in text_of(sign_in(agent).get(back))


def test_a_private_queue_is_no_address_for_who_is_no_member(agent, admin, sign_in):
    queue = make_queue(admin, is_private=True)
    case = make_case(admin, queue=queue)
    client = sign_in(agent)
    before = counts()
    assert client.get(f"/case-queue/{queue.pk}/").status_code == 404
    assert client.post(f"/case-queue/{queue.pk}/next/").status_code == 403
    assert client.post(f"/case-queue/pick/{case.pk}/").status_code == 403
    assert counts() == before


def test_a_sales_rep_sees_the_queue_but_takes_nothing(owner, admin, queue, sign_in):
    case = make_case(admin, queue=queue)
    client = sign_in(owner)
    page = text_of(client.get(f"/case-queue/{queue.pk}/"))
    assert "/next/" not in page
    assert "/case-queue/pick/" not in page
    before = counts()
    assert client.post(f"/case-queue/{queue.pk}/next/").status_code == 403
    assert client.post(f"/case-queue/pick/{case.pk}/").status_code == 403
    assert counts() == before


def test_who_reads_no_cases_is_refused(marketer, queue, sign_in):
    assert sign_in(marketer).get("/case-queue/").status_code == 403
    assert sign_in(marketer).get(f"/case-queue/{queue.pk}/").status_code == 403


@pytest.mark.parametrize(
    "address", ["mine/nowhere/", "999999/", "mine/working/?case=999999", "mine/working/?case=x9"]
)
def test_an_unknown_shelf_or_case_is_not_found(address, agent, sign_in):
    assert sign_in(agent).get(f"/case-queue/{address}").status_code == 404


@pytest.mark.parametrize("address", ["", "mine/working/", "1/"])
def test_signed_out_it_leads_to_the_log_in(address, client, db):
    answer = client.get(f"/case-queue/{address}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/user/login/")


def test_picking_by_address_alone_changes_nothing(agent, admin, queue, sign_in):
    case = make_case(admin, queue=queue)
    before = counts()
    for address in (f"pick/{case.pk}/", f"release/{case.pk}/", f"{queue.pk}/next/"):
        assert sign_in(agent).get(f"/case-queue/{address}").status_code == 405
    assert counts() == before


def test_the_page_takes_few_queries_however_long_the_queue(
    agent, admin, queue, sign_in, as_actor, django_assert_max_num_queries
):
    account = make_account(admin)
    for number in range(30):
        case = make_case(admin, queue=queue, account=account, title=f"Case {number}")
        log_activity(
            actor=as_actor(agent), regarding=case, values={"kind": "note", "body": "Looked at it."}
        )
    client = sign_in(agent)
    client.get(f"/case-queue/{queue.pk}/")
    with django_assert_max_num_queries(15):
        client.get(f"/case-queue/{queue.pk}/")
