"""Pages in a real Chromium, against the live server."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from crm.launch import chromium

ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
# What the server answers is for the test to judge; what the page does wrong is not.
EXPECTED = (
    "Failed to load resource: the server responded with a status",
    "Response Status Error Code",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.fail("Chromium is missing: apt-get install chromium, or set CHROMIUM to its path.")
    # Playwright runs an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def browser_context(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    """Fails the test when a page broke the Content-Security-Policy or threw an error."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    complaints: list[str] = []
    context.on("console", lambda message: note(message, complaints))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context
    context.close()
    assert complaints == []


def note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error" and not message.text.startswith(EXPECTED):
        complaints.append(message.text)


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Page:
    """A page of nobody in particular; addresses start with a slash."""
    return browser_context.new_page()


@pytest.fixture
def signed_in_page(browser_context: BrowserContext, live_server: Any) -> Callable[[Any], Page]:
    """`signed_in_page(user)` opens a page that carries the user's session."""

    def open_page(user: Any) -> Page:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookie = client.cookies["sessionid"]
        browser_context.add_cookies(
            [{"name": "sessionid", "value": cookie.value, "url": live_server.url}]
        )
        return browser_context.new_page()

    return open_page
