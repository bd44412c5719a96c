"""Guessing passwords is slowed, behind a proxy too, and shuts nobody else out."""

import pytest
from django.conf import settings as configured
from django.test import Client

from crm.runtime.client_address import client_address
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def one_proxy(settings):
    settings.TRUSTED_PROXIES = 1


def log_in(client, address, name="owner", password=PASSWORD, forged=""):
    """Whether the password was looked at and was right, as called through the proxy."""
    forwarded = f"{forged}, {address}" if forged else address
    answer = client.post(
        "/user/login/",
        {"login": name, "password": password},
        REMOTE_ADDR=PROXY,
        HTTP_X_FORWARDED_FOR=forwarded,
    )
    text = answer.content.decode()
    return "in" if answer.status_code == 302 else "wait" if "Too many" in text else "wrong"


def guess(address, times, name="owner", forged=""):
    return [log_in(Client(), address, name, f"wrong {n}", forged) for n in range(times)]


def test_who_guesses_waits_and_everybody_else_behind_the_same_proxy_does_not(owner, teammate):
    assert guess("192.0.2.1", 12) == ["wrong"] * 5 + ["wait"] * 7
    assert log_in(Client(), "192.0.2.1") == "wait"
    assert log_in(Client(), "192.0.2.2") == "in"
    assert log_in(Client(), "192.0.2.2", "teammate") == "in"


def test_a_forged_header_makes_no_other_address(owner):
    tries = [guess("192.0.2.1", 1, forged=f"198.51.100.{n}")[0] for n in range(6)]
    assert tries == ["wrong"] * 5 + ["wait"]


def test_one_address_tries_no_list_of_names(owner, teammate):
    tries = [guess("192.0.2.1", 1, name=f"name{n}")[0] for n in range(11)]
    assert tries == ["wrong"] * 10 + ["wait"]
    assert log_in(Client(), "192.0.2.2") == "in"


def test_a_name_and_its_mail_address_count_as_one(owner):
    guess("192.0.2.1", 3)
    assert guess("192.0.2.1", 3, name=owner.email) == ["wrong", "wrong", "wait"]


def test_many_addresses_that_guess_one_account_are_slowed_but_not_where_its_owner_was(
    owner, settings
):
    settings.ACCOUNT_RATE_LIMITS = {**configured.ACCOUNT_RATE_LIMITS, "login_by_name": "6/h/key"}
    mine = Client()
    assert log_in(mine, "192.0.2.9") == "in"
    mine.post("/user/logout/")
    tries = [guess(f"198.51.100.{n}", 1)[0] for n in range(8)]
    assert tries == ["wrong"] * 6 + ["wait"] * 2
    assert log_in(Client(), "192.0.2.9") == "wait"  # a browser nobody knows
    assert log_in(mine, "192.0.2.9") == "in"


def test_the_cookie_of_a_known_browser_counts_by_itself_and_for_its_owner_alone(owner, teammate):
    mine = Client()
    log_in(mine, "192.0.2.9")
    mine.post("/user/logout/")
    tries = [log_in(mine, f"192.0.2.{n}", password="wrong") for n in range(6)]
    assert tries == ["wrong"] * 5 + ["wait"]
    guess("192.0.2.1", 5, name="teammate")
    assert log_in(mine, "192.0.2.1", "teammate") == "wait"


def test_logging_in_oneself_clears_nobody_elses_count(owner, teammate):
    guess("192.0.2.1", 4)
    assert log_in(Client(), "192.0.2.1", "teammate") == "in"
    assert guess("192.0.2.1", 2) == ["wrong", "wait"]


def test_a_missing_header_is_no_error_and_counts_for_the_proxy(owner):
    for _try in range(6):
        answer = Client().post("/user/login/", {"login": "owner", "password": "x"})
    assert answer.status_code == 200
    assert "Too many" in answer.content.decode()


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "expected"),
    [
        ("192.0.2.1", "198.51.100.1", 0, "192.0.2.1"),
        ("10.0.0.1", "198.51.100.1, 192.0.2.1", 1, "192.0.2.1"),
        ("10.0.0.1", "198.51.100.1, 192.0.2.1, 10.0.0.2", 2, "192.0.2.1"),
        ("10.0.0.1", "192.0.2.1", 2, "10.0.0.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("10.0.0.1", "<script>", 1, "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1:4711", 1, "192.0.2.1"),
        ("10.0.0.1", "[2001:db8::1]:443", 1, "2001:db8::1"),
        ("10.0.0.1", "2001:db8::1", 1, "2001:db8::1"),
        ("", "", 1, "127.0.0.1"),
    ],
)
def test_the_address_is_counted_from_the_right(peer, forwarded, proxies, expected):
    assert client_address(peer, forwarded, proxies=proxies) == expected
