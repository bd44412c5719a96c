import pytest
from playwright.sync_api import expect

from leads.models import Lead
from opportunities.models import Opportunity
from tests.factories.accounts import make_account
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_opportunity

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_choice_shows_its_consequence_at_once_and_one_click_does_it(owner, signed_in_page):
    account = make_account(owner, name="Aurelis Diagnostic", city="Bordeaux")
    lead = make_lead(owner)
    page = signed_in_page(owner)

    page.goto(f"/leads/{lead.pk}/qualify/")
    will = page.locator("#will")
    expect(will).to_contain_text("Aurelis Diagnostics is created.")
    page.get_by_label("Aurelis Diagnostic", exact=False).first.check()
    expect(will).to_contain_text("Aurelis Diagnostic is used.")
    expect(page.locator("#tally")).to_contain_text("Creates 2 records, uses 1")
    page.get_by_role("button", name="Qualify", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Two benches for new lab")
    deal = Opportunity.objects.get()
    assert deal.account_id == account.pk


def test_the_toast_takes_a_qualification_back(owner, signed_in_page):
    lead = make_lead(owner)
    page = signed_in_page(owner)
    page.goto(f"/leads/{lead.pk}/qualify/")
    page.get_by_role("button", name="Qualify", exact=True).click()

    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#toasts")).to_contain_text("ndone")
    lead.refresh_from_db()
    assert lead.state == Lead.State.OPEN
    assert not Opportunity.objects.alive().exists()


def test_the_process_bar_moves_a_deal_to_its_next_stage(owner, signed_in_page):
    deal = make_opportunity(owner)
    page = signed_in_page(owner)

    page.goto(f"/opportunities/{deal.pk}/")
    page.get_by_role("button", name="Develop").click()

    expect(page.locator(".process .now")).to_contain_text("Develop")
    deal.refresh_from_db()
    assert deal.stage == Opportunity.Stage.DEVELOP


@pytest.mark.parametrize("address", ["qualify/", ""])
def test_the_lead_fits_on_a_narrow_screen(owner, signed_in_page, address):
    make_account(owner)
    lead = make_lead(owner)
    page = signed_in_page(owner)
    page.set_viewport_size({"width": 320, "height": 800})

    page.goto(f"/leads/{lead.pk}/{address}")

    assert page.evaluate("document.documentElement.scrollWidth") == 320
