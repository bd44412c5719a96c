"""Every kind of page, looked at by an accessibility checker, in both themes and on a phone.

One page object sees them all: what costs time is opening browsers and logging in.
"""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import pages

pytestmark = [pytest.mark.browser]

CHECKER = Axe()
# Sheets that sheets import it would look for beside the page.
AS_SHOWN = {"preload": False}
CONTRAST_ONLY = {**AS_SHOWN, "runOnly": ["color-contrast"]}
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 320, "height": 700}


def faults(page: Any, options: dict[str, Any]) -> list[tuple[str, str]]:
    found = CHECKER.run(page, options=options).response["violations"]
    return [
        (fault["id"], fault["nodes"][0]["html"][:200])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def wrongs(page: Any, visit: pages.Visit) -> list[Any]:
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.goto(visit.path)
    if visit.then:
        visit.then(page)
    found: list[Any] = faults(page, AS_SHOWN)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += [("dark", *fault) for fault in faults(page, CONTRAST_ONLY)]
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    return found + ([("scrolls sideways", width)] if width > PHONE["width"] else [])


@pytest.mark.parametrize(
    ("username", "visits"),
    [
        ("owner", pages.selling),
        ("owner", pages.listing),
        ("agent", pages.serving),
        ("marketer", pages.marketing),
        ("admin", pages.administering),
    ],
)
def test_every_page_can_be_used_by_everybody(signed_in_page, request, username, visits):
    user = request.getfixturevalue(username)
    page = signed_in_page(user)
    page.on("dialog", lambda dialog: dialog.accept())
    found = {str(visit): wrongs(page, visit) for visit in visits(user)}
    page.goto("about:blank")  # what a page still asks for would hold the tables
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_every_page_before_the_log_in_can_be_used_by_everybody(browser_page, db):
    found = {str(visit): wrongs(browser_page, visit) for visit in pages.nobody(None)}
    assert {name: faults for name, faults in found.items() if faults} == {}
