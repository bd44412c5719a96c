"""Verbs with a page of their own: what the page posts is refused once the record was changed.

Every address of such a verb is listed here, so that a new one fails until it is tested as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.models import Account
from crm import clock
from crm.access.actor import Actor
from crm.models import FieldChange
from crm.registry.registry import registry
from marketing.models import Recipient
from tests.contract.verbs import posted_by
from tests.contract.watching import nothing_changes
from tests.factories.accounts import make_account, make_contact
from tests.factories.leads import make_lead
from tests.factories.marketing import give_address, make_campaign, make_list, make_mailing
from tests.factories.opportunities import make_competitor, make_opportunity
from tests.factories.sales_docs import (
    line,
    make_invoice,
    make_order,
    make_price_list,
    make_product,
    make_quote,
    put_lines,
)
from tests.factories.service import make_contract, make_line
from tests.people import make_user

pytestmark = pytest.mark.django_db


@dataclass(kw_only=True)
class Page:
    """What a page of `record` posts for a verb, and what somebody else saves before that."""

    record: Any
    shows: str = ""  # where the form stands, below the record's address
    answers: dict[str, Any] = field(default_factory=dict)
    meanwhile: dict[str, Any] = field(default_factory=lambda: {"external_id": "changed"})
    change: Callable[[], object] = lambda: None


def _step(owner):
    return Page(
        record=make_opportunity(owner),
        answers={"step": "has_stakeholders:off"},
        meanwhile={"has_stakeholders": True},
    )


def _rival(owner):
    deal, rival = make_opportunity(owner), make_competitor(owner)
    deal.competitors.add(rival)
    return Page(record=deal, answers={"competitor_id": rival.pk})


def _lines(make):
    def page(owner):
        document = make(owner)
        if not document.lines.exists():
            put_lines(Actor.system(), document, line())
        (row,) = document.lines.all()
        return Page(
            record=document,
            shows="lines/",
            answers={"do": "save", f"row-{row.pk}-name": "Mine"},
            change=lambda: document.lines.update(name="Theirs"),
        )

    return page


def _qualify(owner):
    return Page(record=make_lead(owner), shows="qualify/")


def _prices(owner):
    prices = make_price_list(owner, {make_product(owner): "5"})
    return Page(record=prices, shows="prices/", answers={"do": "save"})


def _bill(owner):
    return Page(record=make_order(owner, line()), shows="invoice/")


def _mailing(shows, **more):
    def page(owner):
        give_address()
        reader = make_contact(owner, email="ada@x.example")
        return Page(record=make_mailing(owner, make_list(owner, reader)), shows=shows, **more)

    return page


def _undelivered(owner):
    give_address()
    reader = make_contact(owner, email="ada@x.example")
    mailing = make_mailing(owner, make_list(owner, reader))
    type(mailing).objects.filter(pk=mailing.pk).update(state="running", started_at=clock.now())
    Recipient.objects.create(
        activity=mailing,
        record_type="contact",
        record_id=reader.pk,
        name=str(reader),
        address=reader.email,
        state="unknown",
    )
    return Page(record=mailing, shows="live/?show=unknown", answers={"verdict": "sent"})


def _campaign(owner):
    campaign, chosen = make_campaign(owner), make_list(owner)
    campaign.lists.add(chosen)
    return Page(record=campaign)


def _members(owner):
    reader = make_contact(owner)
    return Page(record=make_list(owner, reader), shows="members/", answers={"ids": reader.pk})


def _contract_line(state):
    def page(owner):
        contract = make_contract(owner)
        kept = make_line(contract)
        if state != "draft":
            type(contract).objects.filter(pk=contract.pk).update(state=state)
        return Page(record=contract, answers={"line": kept.pk})

    return page


PAGES: dict[tuple[str, str], Callable[[Any], Page]] = {
    ("opportunity", "step"): _step,
    ("opportunity", "drop-rival"): _rival,
    ("opportunity", "lines"): _lines(make_opportunity),
    ("lead", "qualify"): _qualify,
    ("pricelist", "prices"): _prices,
    ("invoice", "lines"): _lines(make_invoice),
    ("order", "invoice"): _bill,
    ("order", "lines"): _lines(make_order),
    ("quote", "lines"): _lines(make_quote),
    ("campaignactivity", "audience"): _mailing(
        "audience/", answers={"quiet_days": "9"}, meanwhile={"quiet_days": 5}
    ),
    ("campaignactivity", "content"): _mailing(
        "content/", answers={"subject": "Mine"}, meanwhile={"subject": "Theirs"}
    ),
    ("campaignactivity", "review"): _mailing("review/"),
    ("campaignactivity", "settle"): _undelivered,
    ("campaign", "remove-list"): _campaign,
    ("marketinglist", "remove-members"): _members,
    ("contract", "remove-line"): _contract_line("draft"),
    ("contract", "cancel-line"): _contract_line("active"),
}
# These leave the record as it is.
WRITES_ELSEWHERE = {
    ("account", "add-to-list"),
    ("contact", "add-to-list"),
    ("lead", "add-to-list"),
    ("campaignactivity", "test"),  # sends a mail to try it out
}


@pytest.fixture
def boss(company):
    return make_user("chief", company, is_superuser=True, is_staff=True)


def test_every_verb_with_a_page_of_its_own_is_tested_here():
    with_pages = {
        (record_type.key, action.key)
        for record_type in registry
        for action in record_type.actions
        if action.view and not action.is_get_only
    }
    assert with_pages == PAGES.keys() | WRITES_ELSEWHERE


@pytest.mark.parametrize(("key", "verb"), PAGES, ids=[f"{key}-{verb}" for key, verb in PAGES])
def test_a_page_posted_after_a_change_is_a_conflict_and_writes_nothing(key, verb, boss, sign_in):
    page, client = PAGES[key, verb](boss), sign_in(boss)
    record_url = f"/{registry.get(key).slug}/{page.record.pk}/"
    address = f"{record_url}{verb}/"
    shown = client.get(f"{record_url}{page.shows}")
    assert shown.status_code == 200
    own = f"{record_url}{page.shows}".split("?")[0]
    posted = posted_by(shown.content.decode(), address, shown_at=own) | page.answers
    type(page.record)._base_manager.filter(pk=page.record.pk).update(**page.meanwhile)
    page.change()

    with nothing_changes():
        refused = client.post(address, posted)
        again = client.post(address, posted)

    assert (refused.status_code, again.status_code) == (409, 409)
    assert "meanwhile" in refused.content.decode()


def test_an_earlier_value_is_not_restored_over_a_newer_one(boss, sign_in):
    account = make_account(boss, name="Alder")
    Account.objects.filter(pk=account.pk).update(name="Birch")
    change = FieldChange.objects.filter(record_type="account", record_id=account.pk).latest("pk")
    client, address = sign_in(boss), f"/accounts/{account.pk}/restore/"
    shown = client.get(f"/accounts/{account.pk}/?tab=history").content.decode()
    posted = posted_by(shown, address)
    assert posted["change"] == [str(change.pk)]
    Account.objects.filter(pk=account.pk).update(name="Cedar")

    with nothing_changes():
        refused = client.post(address, posted)

    assert refused.status_code == 409
    again = posted_by(refused.content.decode(), address)
    assert client.post(address, again).status_code == 302
    account.refresh_from_db()
    assert account.name == "Alder"
