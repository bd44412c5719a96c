"""What people do all day, in a browser that runs no script."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from accounts.models import Account
from crm.models import User
from opportunities.models import Opportunity
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import make_product, make_quote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bare_page(browser: Browser, live_server: Any, owner: User) -> Any:
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    context.add_cookies([{**cookie, "url": live_server.url}])
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def heading(page: Page) -> str:
    return page.inner_text("main h1")


def test_a_record_is_created_and_edited(bare_page, owner):
    make_account(owner, name="Castellan Pharma")
    bare_page.goto("/opportunities/new/")
    bare_page.fill("[name=name]", "Fleet renewal")
    bare_page.fill("[name=account__text]", "castellan pharma")
    bare_page.click(".sendoff .btn-primary")
    assert heading(bare_page) == "Fleet renewal"
    bare_page.click(".cmds [data-key=e]")
    bare_page.fill("[name=name]", "Fleet renewal, 14 sites")
    bare_page.click(".sendoff .btn-primary")
    assert heading(bare_page) == "Fleet renewal, 14 sites"
    deal = Opportunity.objects.get()
    assert (deal.name, deal.account.name) == ("Fleet renewal, 14 sites", "Castellan Pharma")


def test_a_list_is_narrowed_and_its_chosen_rows_are_assigned(bare_page, owner, teammate):
    for name in ("Alder", "Birch", "Birch and Sons"):
        make_account(owner, name=name)
    bare_page.goto("/accounts/?view=all")
    bare_page.fill("#quick-find", "birch")
    bare_page.press("#quick-find", "Enter")
    rows = bare_page.locator("tbody tr")
    assert rows.count() == 2
    assert not bare_page.is_visible("[data-bulk]")
    for row in rows.all():
        row.locator("[type=checkbox]").check()
    bare_page.click("[data-bulk] [formaction$='/assign/']")
    bare_page.select_option("[name=new_owner], [name=owner]", label=str(teammate))
    bare_page.click(".sendoff .btn-primary")
    moved = Account.objects.filter(owner=teammate.principal_ptr).order_by("name")
    assert [account.name for account in moved] == ["Birch", "Birch and Sons"]


def test_a_list_is_filtered_by_a_field(bare_page, owner):
    make_account(owner, name="Alder", city="Lyon")
    make_account(owner, name="Birch", city="Basel")
    bare_page.goto("/accounts/?view=all")
    bare_page.locator(".filters summary").first.click()
    bare_page.click("text=Choose filters")
    bare_page.locator(".filter-field summary:has-text('City')").click()
    bare_page.fill(".filter-field[open] input[type=text]", "Lyon")
    bare_page.click(".filter-form .btn-primary")
    assert bare_page.locator("tbody tr th").all_inner_texts() == ["Alder"]


def test_a_quote_gets_a_line(bare_page, owner):
    make_product(owner, name="FX-40 bench", code="FX-40", list_price="27600")
    quote = make_quote(owner)
    bare_page.goto(f"/quotes/{quote.pk}/lines/")
    bare_page.fill("[name=product__text]", "FX-40")
    bare_page.click("button[value=add]")
    bare_page.fill("input[name$=quantity]", "2")
    bare_page.locator("button[value=save]:visible").first.click()
    assert quote.lines.get().quantity == Decimal(2)
    assert "FX-40 bench" in bare_page.inner_text("main")


def test_a_card_is_moved_by_its_menu(bare_page, owner):
    deal = make_opportunity(owner)
    bare_page.goto("/opportunities/board/")
    bare_page.click(f"[data-card='{deal.pk}'] summary")
    bare_page.click(f"[data-card='{deal.pk}'] button[value=develop]")
    assert bare_page.locator("[data-lane=develop] [data-card]").count() == 1
    deal.refresh_from_db()
    assert deal.stage == "develop"
