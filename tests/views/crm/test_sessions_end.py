"""Sessions end by themselves, and what they showed stays in no cache."""

import pytest
import time_machine
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpResponse

from crm.access.sessions import SessionsMiddleware
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db
HOUR, DAY = 3600, 86_400


@pytest.fixture
def clock():
    with time_machine.travel("2026-03-02 09:00:00+00:00", tick=False) as traveller:
        yield traveller


def test_a_session_ends_after_a_day_without_use(owner, sign_in, clock):
    client = sign_in(owner)
    for _half_day in range(4):
        clock.shift(DAY // 2)
        assert client.get("/accounts/").status_code == 200
    clock.shift(DAY + HOUR)
    assert client.get("/accounts/")["Location"] == "/user/login/?next=/accounts/"
    assert "_auth_user_id" not in client.session


def test_a_session_ends_after_its_longest_time_whatever_is_done(owner, sign_in, clock):
    client = sign_in(owner)
    for _half_day in range(28):
        assert client.get("/accounts/").status_code == 200
        clock.shift(DAY // 2)
    clock.shift(1)
    assert client.get("/accounts/").status_code == 302


def test_a_page_that_asks_by_itself_keeps_no_session_alive(owner, sign_in, clock):
    client = sign_in(owner)
    for _hour in range(24):
        clock.shift(HOUR)
        client.get("/notifications/count/", headers={"X-Unattended": "1"})
    clock.shift(1)
    assert client.get("/accounts/").status_code == 302


def test_a_session_from_before_counts_from_now_on(owner, sign_in, clock):
    client = sign_in(owner)
    session = client.session
    for name in ("began_at", "used_at"):
        del session[name]
    session.save()
    assert client.get("/accounts/").status_code == 200
    clock.shift(DAY + HOUR)
    assert client.get("/accounts/").status_code == 302


def test_reading_writes_the_session_only_now_and_then(
    owner, sign_in, clock, django_assert_max_num_queries
):
    client = sign_in(owner)
    client.get("/preferences/")
    with django_assert_max_num_queries(60) as asked:
        for _page in range(3):
            client.get("/preferences/")
    assert [q for q in asked.captured_queries if 'UPDATE "django_session"' in q["sql"]] == []


def test_every_page_of_a_session_is_private_and_stored_nowhere(admin, sign_in):
    account = make_account(admin)
    client = sign_in(admin)
    addresses = ["/", "/accounts/", f"/accounts/{account.pk}/", f"/accounts/{account.pk}/edit/"]
    addresses += ["/accounts/new/", "/accounts/export.csv", "/nowhere/", "/search/?q=x"]
    addresses += ["/settings/", "/notifications/", "/jobs/", "/imports/", "/preferences/"]
    addresses += ["/admin/", "/user/sessions/", "/lookup/account/?q=a", "/accounts/?nonsense=1"]
    said = {address: client.get(address).get("Cache-Control", "") for address in addresses}
    assert {a: s for a, s in said.items() if "no-store" not in s} == {}
    assert {a: s for a, s in said.items() if "private" not in s} == {}


def test_what_is_answered_by_304_may_be_asked_for_again(rf, owner):
    request = rf.get("/")
    request.user, request.session = owner, SessionStore()
    answer = SessionsMiddleware(lambda _request: HttpResponse(headers={"ETag": '"1"'}))(request)
    assert answer["Cache-Control"] == "private, no-cache"


def test_public_pages_are_left_as_they_are(client):
    assert "private, no-store" not in client.get("/user/login/").get("Cache-Control", "")
