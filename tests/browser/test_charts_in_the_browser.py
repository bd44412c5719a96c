"""A chart beside its list, opened, followed and left by keyboard alone."""

from decimal import Decimal

import pytest

from tests.factories.opportunities import make_opportunity

pytestmark = [pytest.mark.browser]


def rows(page):
    return page.locator("tbody tr[data-row]").count()


def test_a_chart_is_opened_and_a_bar_leads_to_its_rows(signed_in_page, owner):
    for stage in ("qualify", "develop", "develop"):
        make_opportunity(owner, stage=stage, estimated_revenue=Decimal(1000))
    page = signed_in_page(owner)
    page.goto("/opportunities/")
    page.focus("#chart-toggle")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chart-figure")
    assert page.url.endswith("?chart=stage")
    assert page.evaluate("document.activeElement.id") == "chart-toggle"

    page.focus(".bars tr:nth-child(3) th a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?chart=stage&stage=develop")
    page.wait_for_selector(".chart-figure")
    assert rows(page) == 2
    assert page.locator(".chip").inner_text() == "Stage is Develop"
    assert page.evaluate("document.activeElement.closest('.chart-pane') !== null")

    page.go_back()
    page.wait_for_selector("tbody tr[data-row] >> nth=2")
    page.click("#chart-toggle")
    page.wait_for_selector(".chart-pane", state="detached")
    assert rows(page) == 3


def test_sorting_and_columns_by_day_keep_the_chart(signed_in_page, owner):
    make_opportunity(owner, est_close_on="2026-03-03")
    make_opportunity(owner, est_close_on="2027-05-05")
    page = signed_in_page(owner)
    page.goto("/opportunities/?chart=close")
    page.click(".columns li:first-child a")
    page.wait_for_url("**est_close_on_to=2026-03-31")
    page.wait_for_selector(".chart-figure")
    assert rows(page) == 1
    page.click("#sort-name")
    page.wait_for_url("**sort=name**")
    page.wait_for_selector(".chart-figure")
    assert "est_close_on_to=2026-03-31" in page.url


def test_going_on_a_page_neither_draws_the_chart_anew_nor_loses_it(signed_in_page, owner):
    for number in range(60):
        make_opportunity(owner, name=f"Deal {number}")
    page = signed_in_page(owner)
    asked = []
    page.on("request", lambda request: "/chart/" in request.url and asked.append(request.url))
    page.goto("/opportunities/?chart=stage")
    page.wait_for_selector(".chart-figure")
    page.click("#next")
    page.wait_for_url("**after=**")
    page.wait_for_selector("#previous")
    assert rows(page) == 10
    assert page.locator(".chart-figure").count() == 1
    assert len(asked) == 1
