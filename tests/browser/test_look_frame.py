"""The frame around every page: menus, palette, keys, themes, messages."""

import gzip

import pytest

from tests.factories.opportunities import make_opportunity

pytestmark = [pytest.mark.browser]

PAPER = {"light": "rgb(245, 244, 240)", "dark": "rgb(18, 17, 16)"}


def paper(page):
    return page.evaluate("getComputedStyle(document.querySelector('.app')).backgroundColor")


def test_a_page_with_everything_on_it_is_light(signed_in_page, owner):
    make_opportunity(owner)
    page = signed_in_page(owner)
    weights = {}

    def weigh(response):
        if response.status == 200:
            weights[response.url] = len(gzip.compress(response.body()))

    page.on("response", weigh)
    page.goto("/opportunities/new/")
    page.wait_for_selector(".ts-wrapper")
    scripts = sum(size for url, size in weights.items() if url.endswith(".js"))
    assert scripts < 60_000
    assert sum(weights.values()) < 120_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_of_the_system_counts_until_one_is_chosen(signed_in_page, owner, scheme):
    page = signed_in_page(owner)
    page.emulate_media(color_scheme=scheme)
    page.goto("/")
    assert paper(page) == PAPER[scheme]


def test_a_chosen_theme_shows_at_once_and_stays(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/")
    page.click("summary.me")
    with page.expect_response("**/ui/theme/"):
        page.click("[data-theme-choice=dark]")
    assert paper(page) == PAPER["dark"]
    page.reload()
    assert paper(page) == PAPER["dark"]


def test_menus_open_without_a_script(browser, live_server, owner, client):
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([{**cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto("/")
    page.click("[data-menu=create] summary")
    assert page.is_visible("[data-menu=create] .menu-list a >> nth=0")
    context.close()


def test_escape_closes_a_menu_and_gives_the_focus_back(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/")
    page.click("summary.me")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Preferences"
    page.keyboard.press("Escape")
    assert page.get_attribute("details:has(> summary.me)", "open") is None
    assert page.evaluate("document.activeElement.matches('summary.me')")


def test_opening_a_menu_closes_the_other(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/")
    page.click("[data-menu=create] summary")
    page.click("summary.me")
    page.wait_for_function("document.querySelectorAll('details.menu[open]').length === 1")
    assert page.is_visible(".me-menu")


def test_the_palette_finds_a_record_and_opens_it(signed_in_page, owner):
    opportunity = make_opportunity(owner, name="Spectrometer fleet renewal")
    page = signed_in_page(owner)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("spectrometer")
    page.wait_for_selector("#palette-results li:has-text('Spectrometer fleet renewal')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/opportunities/{opportunity.pk}/")


def test_two_letters_go_to_a_page_of_the_site_map(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/activities/")


def test_shortcuts_rest_while_one_types(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/")
    page.click("#global-search")
    page.keyboard.type("c?")
    assert page.input_value("#global-search") == "c?"
    assert not page.is_visible("#shortcuts")


def test_shortcuts_can_be_switched_off(signed_in_page, owner):
    owner.has_shortcuts = False
    owner.save()
    page = signed_in_page(owner)
    page.goto("/")
    page.keyboard.press("?")
    assert not page.is_visible("#shortcuts")


def test_help_names_the_keys_of_the_pages(signed_in_page, owner):
    page = signed_in_page(owner)
    page.goto("/")
    page.keyboard.press("?")
    assert page.is_visible("#shortcuts")
    assert "Today" in page.inner_text("[data-letters]")
