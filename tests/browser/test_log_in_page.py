import pytest

pytestmark = [pytest.mark.browser]


def test_a_user_logs_in_with_a_password(browser_page, owner):
    browser_page.goto("/user/login/")
    browser_page.fill("input[name=login]", "owner")
    browser_page.fill("input[name=password]", "correct horse battery")
    browser_page.click("button[type=submit]")
    browser_page.wait_for_url("**/")
    cookies = {cookie["name"]: cookie for cookie in browser_page.context.cookies()}
    assert cookies["sessionid"]["httpOnly"] is True
    assert cookies["sessionid"]["sameSite"] == "Lax"
