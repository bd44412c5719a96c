"""The bell, its menu and the page of notifications."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm import clock
from crm.models import Notification
from crm.models.levels import Privilege
from crm.records.services import assign_records, delete_records, share_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account
from tests.markup import tight

pytestmark = pytest.mark.django_db

ACCOUNTS = registry.get("account")
HTMX = {"HX-Request": "true"}


def give(user, record, count=1, **values):
    """Tells the user of the record, the newest last."""
    given = {"kind": "shared", "record_type": record.type_key(), "record_id": record.pk, **values}
    return [
        Notification.objects.create(recipient=user, at=clock.now(), **given) for _n in range(count)
    ]


def bell(client, address="/"):
    """The number on the bell and what is read out."""
    text = tight(client.get(address).content.decode())
    found = re.search(
        r'data-bell data-count="(\d+)".*?aria-label="([^"]*)".*?hidden="true">([^<]*)</span>',
        text,
        re.S,
    )
    return found[3], found[2]


def titles(response):
    text = tight(response.content.decode())
    return re.findall(r'<span class="strong cut">(?:<span[^>]*>[^<]*</span>)?([^<]*)</span>', text)


@pytest.mark.parametrize(
    ("count", "badge", "words"),
    [
        (0, "", "Notifications, none unread"),
        (1, "1", "Notifications, 1 unread"),
        (9, "9", "Notifications, 9 unread"),
        (10, "9+", "Notifications, more than 9 unread"),
        (30, "9+", "Notifications, more than 9 unread"),
    ],
)
def test_the_bell_says_how_many_wait(owner, teammate, sign_in, count, badge, words):
    account = make_account(owner)
    give(owner, account, count)
    give(teammate, account, 3)
    assert bell(sign_in(owner)) == (badge, words)


def test_the_bell_costs_no_query_of_its_own(owner, sign_in):
    make_account(owner)
    client = sign_in(owner)

    def asked():
        client.get("/accounts/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/accounts/")
        return [one["sql"] for one in captured]

    few = asked()
    give(owner, make_account(owner, name="Other"), 20)
    many = asked()
    assert len(many) == len(few)
    assert [sql for sql in many if "crm_notification" in sql and "crm_stamp" not in sql] == []


def test_another_process_s_change_shows_at_the_next_request(owner, sign_in):
    client, account = sign_in(owner), make_account(owner)
    assert bell(client)[0] == ""
    give(owner, account, 2)
    assert bell(client)[0] == "2"
    Notification.objects.update(read_at=clock.now())
    assert bell(client)[0] == ""


def test_the_count_answers_nothing_when_the_page_knows_it_already(owner, sign_in):
    client = sign_in(owner)
    give(owner, make_account(owner), 2)
    same = client.get("/notifications/count/?seen=2")
    assert (same.status_code, same.content) == (204, b"")
    other = client.get("/notifications/count/?seen=1")
    assert other.json() == {"count": 2, "badge": "2", "words": "Notifications, 2 unread"}
    assert other["Cache-Control"] == "no-store"


def test_the_count_costs_what_every_request_asks_and_no_more(owner, sign_in):
    client = sign_in(owner)
    client.get("/notifications/count/?seen=0")
    with CaptureQueriesContext(connection) as captured:
        client.get("/notifications/count/?seen=0")
    asked = [one["sql"] for one in captured]
    assert sum("crm_notification" in sql for sql in asked) == 1
    assert len(asked) <= 3


def test_a_menu_lists_the_newest_eight_with_words_and_links(owner, teammate, sign_in, as_actor):
    accounts = [make_account(owner, name=f"Firm {n}") for n in range(9)]
    for account in accounts:
        give(teammate, account, actor=owner)
    response = sign_in(teammate).get("/notifications/menu/", headers=HTMX)
    assert titles(response) == [f"Firm {n}" for n in range(8, 0, -1)]
    text = tight(response.content.decode())
    assert text.count("Owner shared this account with you") == 8
    assert f'href="/accounts/{accounts[8].pk}/"' in text
    assert json.loads(response["HX-Trigger"])["crm:unread"]["badge"] == "9"


def test_without_a_script_the_menu_is_the_page(owner, sign_in):
    response = sign_in(owner).get("/notifications/menu/")
    assert (response.status_code, response["Location"]) == (302, "/notifications/")


def test_many_records_lead_to_the_list_of_mine(owner, teammate, sign_in, as_actor):
    ids = [make_account(owner, name=f"Firm {n}").pk for n in range(12)]
    assign_records(actor=as_actor(owner), record_type=ACCOUNTS, ids=ids, owner_id=teammate.pk)
    text = tight(sign_in(teammate).get("/notifications/").content.decode())
    assert "Owner assigned 12 accounts to you" in text
    assert 'href="/accounts/?view=mine"' in text


def test_what_one_may_no_longer_see_keeps_its_place_without_its_name(
    owner, stranger, sign_in, as_actor
):
    account = make_account(owner, name="Zyxwut Quorble")
    given = {"record_type": ACCOUNTS, "record_id": account.pk, "principal_id": stranger.pk}
    share_record(actor=as_actor(owner), privileges=[Privilege.READ], **given)
    client = sign_in(stranger)
    assert titles(client.get("/notifications/")) == ["Zyxwut Quorble"]
    share_record(actor=as_actor(owner), privileges=[], **given)
    for address, headers in (("/notifications/", {}), ("/notifications/menu/", HTMX)):
        page = client.get(address, headers=headers)
        assert titles(page) == ["Something that is gone, or that you may not see"]
        assert "Quorble" not in tight(page.content.decode())
        assert f"/accounts/{account.pk}/" not in tight(page.content.decode())


def test_what_is_in_the_bin_is_not_named(owner, teammate, sign_in, as_actor):
    account = make_account(owner, name="Zyxwut Quorble")
    give(teammate, account)
    delete_records(actor=as_actor(owner), record_type=ACCOUNTS, ids=[account.pk])
    assert "Quorble" not in tight(sign_in(teammate).get("/notifications/").content.decode())


def test_a_page_asks_the_same_for_two_as_for_thirty(owner, sign_in):
    client = sign_in(owner)

    def add(numbers):
        for number in numbers:
            give(owner, make_account(owner, name=f"Firm {number}"), actor=owner)

    def queries(address, **headers):
        client.get(address, headers=headers)
        with CaptureQueriesContext(connection) as captured:
            client.get(address, headers=headers)
        return len(captured)

    add(range(2))
    pages = [("/notifications/", {}), ("/notifications/menu/", HTMX)]
    few = [queries(address, **headers) for address, headers in pages]
    add(range(40))
    assert [queries(address, **headers) for address, headers in pages] == few


def test_pages_go_on_where_the_one_before_ended(owner, sign_in):
    account, client = make_account(owner), sign_in(owner)
    rows = give(owner, account, 65)
    seen, address = [], "/notifications/"
    while address:
        text = tight(client.get(address).content.decode())
        seen += [int(pk) for pk in re.findall(r'id="notification-(\d+)"', text)]
        found = re.search(r'rel="next" href="([^"]*)"', text)
        address = "/notifications/" + found[1].replace("&amp;", "&") if found else ""
    assert seen == [row.pk for row in reversed(rows)]


def test_the_unread_ones_can_be_seen_alone(owner, sign_in):
    first, second = make_account(owner, name="First"), make_account(owner, name="Second")
    give(owner, first, read_at=clock.now())
    give(owner, second)
    client = sign_in(owner)
    assert titles(client.get("/notifications/")) == ["Second", "First"]
    assert titles(client.get("/notifications/?show=unread")) == ["Second"]


@pytest.mark.parametrize("query", ["show=moon", "after=moon", "before=moon"])
def test_an_address_nobody_wrote_is_refused(owner, sign_in, query):
    assert sign_in(owner).get(f"/notifications/?{query}").status_code == 400


def test_nothing_yet_and_nothing_unread_say_what_comes_here(owner, sign_in):
    client = sign_in(owner)
    assert "Nothing to tell you yet" in tight(client.get("/notifications/").content.decode())
    give(owner, make_account(owner), read_at=clock.now())
    page = tight(client.get("/notifications/?show=unread").content.decode())
    assert "You have read everything" in page
    assert "Mark all as read" not in page


# ---- Marking


def test_looking_changes_nothing(owner, sign_in):
    (row,) = give(owner, make_account(owner))
    client = sign_in(owner)
    for address in ("/notifications/", f"/accounts/{row.record_id}/"):
        client.get(address)
    for address in (f"/notifications/{row.pk}/read/", "/notifications/read/"):
        assert client.get(address).status_code == 405
    row.refresh_from_db()
    assert row.read_at is None


def test_one_is_marked_and_taken_back_without_a_script(owner, sign_in):
    (row,) = give(owner, make_account(owner))
    client, back = sign_in(owner), "/notifications/?show=unread"
    response = client.post(f"/notifications/{row.pk}/read/", {"next": back})
    assert response["Location"] == back
    row.refresh_from_db()
    assert row.read_at is not None
    response = client.post(f"/notifications/{row.pk}/unread/", {"next": "https://evil.example/"})
    assert response["Location"] == "/notifications/"
    row.refresh_from_db()
    assert row.read_at is None


def test_with_a_script_the_row_and_the_bell_come_back(owner, sign_in):
    rows = give(owner, make_account(owner), 2)
    response = sign_in(owner).post(f"/notifications/{rows[0].pk}/read/", headers=HTMX)
    assert f'id="notification-{rows[0].pk}"' in tight(response.content.decode())
    assert f"/notifications/{rows[0].pk}/unread/" in tight(response.content.decode())
    assert json.loads(response["HX-Trigger"]) == {
        "crm:unread": {"count": 1, "badge": "1", "words": "Notifications, 1 unread"}
    }


def test_all_are_marked_up_to_the_newest_shown(owner, teammate, sign_in):
    account = make_account(owner)
    rows, (theirs,) = give(owner, account, 3), give(teammate, account)
    (later,) = give(owner, account)
    client = sign_in(owner)
    assert client.post("/notifications/read/", {"newest": rows[-1].pk}).status_code == 302
    unread = set(Notification.objects.filter(read_at=None).values_list("pk", flat=True))
    assert unread == {theirs.pk, later.pk}
    assert client.post("/notifications/read/", {"newest": "x"}).status_code == 422
    response = client.post("/notifications/read/", {"newest": later.pk}, headers=HTMX)
    assert json.loads(response["HX-Trigger"])["crm:unread"]["count"] == 0


def test_a_reader_s_language_and_zone_are_used(owner, teammate, sign_in):
    teammate.time_zone = "Asia/Tokyo"
    teammate.save(update_fields=["time_zone"])
    noon = clock.now().replace(hour=3, minute=5) - timedelta(days=40)
    give(teammate, make_account(owner))
    Notification.objects.update(at=noon)
    assert "12:05" in tight(sign_in(teammate).get("/notifications/").content.decode())
