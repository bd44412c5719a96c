"""Logging in by passkey, and what a wrong password is told."""

import pytest

from tests.people import PASSWORD

pytestmark = [pytest.mark.browser]


def add_authenticator(page):
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_in(page, password=PASSWORD):
    page.goto("/user/login/")
    page.fill("input[name=login]", "owner")
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")


def test_a_passkey_is_added_and_then_opens_the_door(browser_context, live_server, owner):
    page = browser_context.new_page()
    # WebAuthn wants a name, and Chromium trusts this one without TLS.
    at = live_server.url.replace("127.0.0.1", "localhost")
    add_authenticator(page)
    page.goto(f"{at}/user/login/")
    page.fill("input[name=login]", "owner")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("summary.me")
    page.goto(f"{at}/user/2fa/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("input[name=name]", "My laptop")
    page.check("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/user/2fa/recovery-codes/")
    browser_context.clear_cookies()
    page.goto(f"{at}/user/login/")
    page.click("#passkey_login")
    page.wait_for_selector("summary.me")


def test_a_wrong_password_is_told_beside_the_field(browser_page, owner):
    log_in(browser_page, "not this one")
    browser_page.wait_for_selector("#login-error")
    assert "do not match" in browser_page.inner_text("#login-error")
    assert browser_page.input_value("input[name=login]") == "owner"
    assert browser_page.evaluate("document.activeElement.name") == "password"


def test_the_language_is_chosen_before_logging_in(browser_page, db):
    browser_page.goto("/user/login/")
    browser_page.click("footer button[value=fr]")
    browser_page.wait_for_selector("html[lang=fr]")


def test_where_one_is_logged_in_is_listed(browser_page, owner):
    log_in(browser_page)
    browser_page.wait_for_selector("summary.me")
    browser_page.goto("/user/sessions/")
    assert "Chrome on Linux" in browser_page.inner_text("tbody tr")
