"""Getting in and out: throttled, with a session of its own, and never off to another site."""

import re

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.sessions.models import Session
from django.core.cache import cache

from crm.settings import base
from tests.factories.accounts import make_account
from tests.markup import tight
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

WRONG = {"login": "owner", "password": "not the password"}
RIGHT = {"login": "owner", "password": PASSWORD}


def text_of(answer):
    return tight(answer.content.decode())


def test_the_sixth_wrong_password_is_not_even_looked_at(owner, client):
    for _time in range(5):
        assert "do not match" in text_of(client.post("/user/login/", WRONG))
    answer = client.post("/user/login/", RIGHT)
    assert "Too many wrong tries." in text_of(answer)
    assert "_auth_user_id" not in client.session
    cache.clear()
    assert client.post("/user/login/", RIGHT)["Location"] == "/"


def test_who_is_unknown_and_who_is_wrong_hear_the_same(owner, client):
    wrong = text_of(client.post("/user/login/", WRONG))
    unknown = text_of(client.post("/user/login/", WRONG | {"login": "nobody"}))
    told = re.compile(r"That name and password do not match[^<]*")
    assert told.search(wrong)[0] == told.search(unknown)[0]


def test_who_is_inactive_does_not_get_in(owner, client):
    owner.is_active = False
    owner.save()
    client.post("/user/login/", RIGHT)
    assert client.get("/accounts/").status_code == 302


def test_a_session_begins_anew_with_the_log_in_and_is_gone_after_it(owner, client):
    client.get("/user/login/")
    session = client.session
    session["planted"] = "1"
    session.save()
    planted = session.session_key
    client.post("/user/login/", RIGHT)
    mine = client.session.session_key
    assert mine != planted
    assert not Session.objects.filter(session_key=planted).exists()
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.get("/user/logout/").status_code == 200  # looking logs nobody out
    assert client.get("/accounts/").status_code == 200
    client.post("/user/logout/")
    assert not Session.objects.filter(session_key=mine).exists()
    client.cookies["sessionid"] = mine
    assert client.get("/accounts/").status_code == 302


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example", "\\\\x"],
)
def test_the_log_in_leads_to_no_other_site(target, owner, client):
    answer = client.post("/user/login/", {**RIGHT, "next": target})
    assert answer["Location"] == "/"


def test_the_log_in_leads_back_to_where_one_was(owner, client):
    answer = client.post("/user/login/", {**RIGHT, "next": "/accounts/?view=all"})
    assert answer["Location"] == "/accounts/?view=all"


def test_nobody_signs_up(client):
    for path in ("/user/signup/", "/user/signup"):
        assert client.get(path, follow=True).status_code in (200, 403, 404)
        data = {"username": "me", "email": "me@x.example", "password1": "a long secret 12"}
        client.post(path, {**data, "password2": data["password1"]})
    client.post("/user/login/", {"login": "me", "password": "a long secret 12"})
    assert client.get("/accounts/").status_code == 302


def test_a_second_factor_is_offered(owner, sign_in):
    page = text_of(sign_in(owner).get("/user/2fa/", follow=True))
    assert "/user/2fa/totp/activate/" in page


def test_passwords_are_kept_as_argon2(settings):
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    assert identify_hasher(make_password(PASSWORD)).algorithm == "argon2"


HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_every_answer_says_what_a_browser_may_do(owner, sign_in, client):
    account = make_account(owner)
    for address in ("/user/login/", "/nowhere/"):
        check_headers(client.get(address))
    mine = sign_in(owner)
    for address in ("/", "/accounts/", f"/accounts/{account.pk}/", "/accounts/?nonsense=1"):
        check_headers(mine.get(address))


def check_headers(answer):
    assert {name: answer.get(name) for name in HEADERS} == HEADERS
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "camera=()" in answer["Permissions-Policy"]


def test_nobody_gives_themselves_another_address(owner, sign_in):
    before = owner.email
    answer = sign_in(owner).post("/user/email/", {"email": "boss@halden.example", "action_add": ""})
    owner.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, "/preferences/")
    assert owner.email == before
    assert not owner.emailaddress_set.filter(email="boss@halden.example").exists()


def test_nobody_is_told_that_they_logged_in(owner, client):
    answer = client.post("/user/login/", {"login": "owner", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    assert "uccessfully" not in answer.content.decode()
