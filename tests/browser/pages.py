"""Every kind of page with something on it, by the person who works there.

A visit is an address and what is done there before one looks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from crm.access.actor import Actor
from crm.models import LocalMessage, Notification, Role, User
from crm.registry.links import record_url
from marketing.services.mailing import launch_mailing
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case, make_queue
from tests.factories.leads import make_lead
from tests.factories.marketing import give_address, make_list, make_mailing, make_response
from tests.factories.opportunities import make_competitor, make_opportunity
from tests.factories.sales_docs import (
    line,
    make_invoice,
    make_order,
    make_price_list,
    make_product,
    make_quote,
)
from tests.factories.service import make_article, make_contract, make_line


@dataclass(frozen=True)
class Visit:
    path: str
    then: Callable[[Any], None] | None = None
    name: str = ""

    def __str__(self) -> str:
        return f"{self.path} {self.name}".strip()


def press(*selectors: str, then: str = "") -> Callable[[Any], None]:
    """Clicks these one after the other and waits for `then`."""

    def do(page: Any) -> None:
        for selector in selectors:
            page.locator(selector).first.click()
        if then:
            page.wait_for_selector(then)

    return do


def drawn(page: Any) -> None:
    page.wait_for_selector(".chart-figure")


def open_palette(page: Any) -> None:
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette li")


def quick_create(page: Any) -> None:
    press("[data-menu=create] summary", "[data-menu=create] a", then="#panel[open] form")(page)


def wrong(page: Any) -> None:
    """The browser would hold back what is missing; the server is to say it."""
    page.evaluate("document.querySelector('form.form-page').noValidate = true")
    page.fill("[name=name]", "")
    page.click(".sendoff .btn-primary")
    page.wait_for_selector(".invalid-feedback")


def bulk(verb: str) -> Callable[[Any], None]:
    return press("tbody [type=checkbox]", f"[data-bulk] [formaction$='/{verb}/']", then=".sendoff")


def conflict(record: Any) -> Callable[[Any], None]:
    """Somebody else saves the same field while the form is open."""

    def do(page: Any) -> None:
        page.fill("[name=name]", "Mine")
        type(record).objects.filter(pk=record.pk).update(name="Theirs")
        page.click(".sendoff .btn-primary")
        page.wait_for_selector(".versus")

    return do


def tabs(record: Any, *keys: str) -> list[Visit]:
    address = record_url(record)
    return [Visit(address), *(Visit(f"{address}?tab={key}") for key in keys)]


def told(user: User, *records: Any) -> list[Visit]:
    """News of these, some read, some of what is gone."""
    at = timezone.now()
    for record in records:
        given = {"recipient": user, "at": at, "record_type": record.type_key()}
        for is_read, record_id in ((True, record.pk), (False, record.pk), (False, 0)):
            read_at = at if is_read else None
            Notification.objects.create(
                kind="shared", record_id=record_id, read_at=read_at, **given
            )
    return [
        Visit("/notifications/"),
        Visit("/", press(".bell > summary", then=".notice-entry"), "bell"),
    ]


def selling(owner: User) -> list[Visit]:
    product = make_product(
        owner, name="FX-40 spectrometer bench", list_price="27600", state="active"
    )
    prices = make_price_list(owner, {product: "27600"})
    rival = make_competitor(owner)
    account = make_account(owner, name="Castellan Pharma and its daughters in many countries")
    contact = make_contact(
        owner, account=account, email="helene.brandt-von-hohenstein@castellan.example"
    )
    deal = make_opportunity(owner, account=account, contact=contact, price_list=prices)
    lead = make_lead(owner)
    quote = make_quote(owner, line(product=product), line(), opportunity=deal, price_list=prices)
    order = make_order(owner, line(product=product), account=account, price_list=prices)
    bill = make_invoice(owner, line(), account=account)
    twin = make_account(owner, name="Castellan Pharma", phone="+33 1 23 45 67 89")
    shown = (account, contact, rival, product, prices, lead, order, bill)
    return [
        Visit("/"),
        Visit("/", press("summary.me"), "my menu"),
        Visit("/", press("[data-menu=create] summary"), "new menu"),
        Visit("/", open_palette, "palette"),
        Visit("/recent/"),
        Visit("/notifications/?show=unread", name="nothing yet"),
        *told(owner, account, deal),
        Visit(f"/accounts/{twin.pk}/merge/"),
        Visit(f"/accounts/merge/?ids={account.pk}&ids={twin.pk}"),
        Visit("/preferences/"),
        Visit("/search/?q=castellan"),
        Visit("/search/?q=nobodyofthatname"),
        *(visit for record in shown for visit in tabs(record)),
        *tabs(deal, "lines", "files", "history", "access"),
        *tabs(quote),
        Visit(f"{record_url(quote)}lines/"),
        Visit(f"{record_url(deal)}edit/"),
        Visit(f"{record_url(deal)}edit/", conflict(deal), "changed by two"),
        Visit(f"{record_url(deal)}win/"),
        Visit(f"{record_url(deal)}assign/"),
        Visit(f"{record_url(deal)}", press("text=Close as won", then="#panel[open] form")),
        Visit(f"{record_url(lead)}qualify/"),
    ]


def edit_cell(page: Any) -> None:
    """A value that can't be saved, in the second cell of the first row."""
    page.wait_for_load_state("networkidle")
    page.locator("tbody tr").first.locator(".r").first.dblclick()
    page.wait_for_selector("#cell-editor form")
    page.fill("#cell-editor input:visible", "plenty")
    page.keyboard.press("Enter")
    page.wait_for_selector("#cell-editor .invalid-feedback")


def listing(owner: User) -> list[Visit]:
    account = make_account(owner)
    make_opportunity(owner, name="A very long name of an opportunity that will not fit at all")
    return [
        Visit("/opportunities/"),
        Visit("/opportunities/", press("summary.viewpick"), "views"),
        Visit("/opportunities/", press("text=Filter", then=".filter-form"), "filters"),
        Visit("/opportunities/", press("tbody [type=checkbox]"), "one row chosen"),
        Visit("/opportunities/", bulk("edit"), "edit rows"),
        Visit("/opportunities/", bulk("assign"), "assign rows"),
        Visit("/opportunities/?q=nothingofthatname"),
        Visit("/opportunities/?chart=stage", drawn, "chart with bars"),
        Visit("/opportunities/?chart=close", press(".chart-table summary"), "chart with columns"),
        Visit("/opportunities/arrange/"),
        Visit("/opportunities/board/"),
        Visit("/opportunities/bin/"),
        Visit("/opportunities/new/", press(".ts-control", then=".ts-dropdown .option"), "look-up"),
        Visit("/opportunities/new/", wrong, "wrong"),
        Visit("/opportunities/", quick_create, "quick create"),
        Visit("/accounts/"),
        Visit("/opportunities/", edit_cell, "a cell"),
        Visit(f"/accounts/?preview={account.pk}"),
        Visit("/accounts/?preview=0"),
        Visit(f"/accounts/{account.pk}/cell/industry/"),
        Visit("/activities/"),
        Visit("/activities/new/"),
        Visit("/quotes/"),
        Visit("/imports/new/lead/"),
    ]


def serving(agent: User) -> list[Visit]:
    account = make_account(agent)
    queue = make_queue(agent, agent)
    waiting = make_case(agent, queue=queue, account=account)
    taken = make_case(agent, account=account, title="Reading drifts", priority=1)
    contract = make_contract(agent, account=account)
    make_line(contract)
    article = make_article(agent)
    return [
        Visit("/"),
        *tabs(taken, "access"),
        *(visit for record in (waiting, queue, contract, article) for visit in tabs(record)),
        Visit("/cases/"),
        Visit("/cases/board/"),
        Visit("/cases/new/"),
        Visit(f"{record_url(taken)}resolve/"),
        Visit("/case-queue/"),
        Visit(f"/case-queue/{queue.pk}/"),
        Visit("/contracts/new/"),
        Visit("/articles/"),
        Visit("/articles/new/"),
    ]


def marketing(marketer: User) -> list[Visit]:
    give_address()
    members = [make_contact(marketer, email=f"reader{n}@halden.example") for n in range(3)]
    readers = make_list(marketer, *members)
    mailing = make_mailing(marketer, readers)
    sent = make_mailing(marketer, readers, campaign=mailing.campaign, name="Second mail")
    launch_mailing(
        actor=Actor(user=marketer), record_id=sent.pk, version=None, site_url="https://crm.example"
    )
    response = make_response(marketer, campaign=mailing.campaign)
    step = record_url(mailing)
    return [
        *tabs(mailing.campaign, "results"),
        *tabs(readers, "members"),
        *tabs(mailing),
        *tabs(response),
        *(Visit(f"{step}{name}/") for name in ("audience", "content", "preview", "review")),
        Visit(f"{record_url(sent)}live/"),
        Visit(f"{record_url(sent)}recipients/"),
        Visit("/campaigns/"),
        Visit("/campaigns/new/"),
        Visit("/marketing-lists/new/"),
        Visit("/imports/"),
    ]


def administering(admin: User) -> list[Visit]:
    LocalMessage.objects.create(
        sender="news@halden.example",
        recipients=["reader@halden.example"],
        subject="Winter service",
        raw=b"",
        created_at=timezone.now(),
    )
    return [
        Visit("/settings/"),
        Visit("/settings/roles/"),
        Visit(f"/settings/roles/{Role.objects.first().pk}/"),
        Visit("/settings/mailbox/"),
        Visit("/admin/"),
        Visit("/admin/crm/user/"),
        Visit(f"/admin/crm/user/{admin.pk}/change/"),
        Visit("/admin/crm/recordtypename/"),
        Visit("/admin/crm/recordtypename/1/change/"),
        Visit("/user/sessions/"),
        Visit("/user/2fa/"),
        Visit("/user/password/change/"),
        Visit("/user/2fa/totp/activate/"),
        Visit("/nothing/of/that/name/"),
        Visit("/accounts/999999/"),
    ]


def nobody(_: Any) -> list[Visit]:
    return [
        Visit("/user/login/"),
        Visit("/user/password/reset/"),
        Visit("/user/password/reset/done/"),
        Visit("/user/inactive/"),
        Visit("/unsubscribe/nonsense/"),
        *(Visit("/user/login/", page_of(name), name) for name in ("400", "409", "500")),
    ]


def page_of(name: str) -> Callable[[Any], None]:
    """An answer that is hard to come by."""
    return lambda page: page.set_content(render_to_string(f"{name}.html"))
