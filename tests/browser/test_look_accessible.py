"""What an accessibility checker finds on the pages everybody uses."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.factories.opportunities import make_opportunity

pytestmark = [pytest.mark.browser]

PAGES = ["/", "/opportunities/", "/opportunities/new/", "/opportunities/board/", "/preferences/"]


def faults(page):
    found = Axe().run(page).response["violations"]
    return [
        (fault["id"], [node["html"][:160] for node in fault["nodes"][:3]])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    ["/", "/opportunities/", "/opportunities/new/", "/opportunities/board/", "/preferences/"],
)
def test_a_page_has_no_serious_fault(signed_in_page, owner, path, scheme):
    make_opportunity(owner)
    page = signed_in_page(owner)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_record_has_no_serious_fault(signed_in_page, owner, scheme):
    opportunity = make_opportunity(owner)
    page = signed_in_page(owner)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"/opportunities/{opportunity.pk}/")
    assert faults(page) == []


def test_open_menus_panel_and_palette_have_no_serious_fault(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/opportunities/")
    page.click("summary.me")
    assert faults(page) == []
    page.click("[data-menu=create] summary")
    page.click("[data-menu=create] a >> nth=0")
    page.wait_for_selector("#panel[open]")
    page.wait_for_load_state("networkidle")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette li")
    assert faults(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in_has_no_serious_fault(browser_page, db, scheme):
    browser_page.emulate_media(color_scheme=scheme)
    browser_page.goto("/user/login/")
    assert faults(browser_page) == []
