from datetime import date

import pytest

from accounts.models import Account, Contact
from crm.models import JournalEntry
from leads.models import Lead
from opportunities.models import Opportunity
from tests.factories.accounts import make_account, make_contact
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_opportunity


def answers(**changed):
    return {
        "version": "1",
        "account": "create",
        "contact": "create",
        "opportunity": "create",
        "name": "Two benches",
        "est_close_on": "2027-03-31",
        "estimated_revenue": "60000",
        **changed,
    }


def test_the_page_shows_candidates_with_reasons(owner, sign_in):
    account = make_account(owner, website="https://aurelis.example", city="Lyon")
    lead = make_lead(owner, website="https://aurelis.example")

    client = sign_in(owner)
    page = client.get(f"/leads/{lead.pk}/qualify/").content.decode()

    assert "same web address" in page
    assert "Strong match" in page
    assert "Creates 2 records, uses 1" in " ".join(page.split())
    proposed = answers(account=f"use:{account.pk}")
    page = client.get(f"/leads/{lead.pk}/qualify/", proposed).content.decode()
    assert "<b>Aurelis Diagnostics</b> is used." in page


def test_hidden_records_are_no_candidates(owner, stranger, sign_in):
    make_account(stranger, website="https://aurelis.example")
    lead = make_lead(owner, website="https://aurelis.example")

    page = sign_in(owner).get(f"/leads/{lead.pk}/qualify/").content.decode()

    assert "Strong match" not in page
    assert "Creates 3 records" in page


def test_one_post_makes_all_three_and_leads_to_the_deal(owner, sign_in):
    lead = make_lead(owner)

    answer = sign_in(owner).post(f"/leads/{lead.pk}/qualify/", answers())

    deal = Opportunity.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/opportunities/{deal.pk}/")
    assert (deal.name, deal.est_close_on) == ("Two benches", date(2027, 3, 31))
    assert Account.objects.count() == Contact.objects.count() == 1


def test_posting_again_leads_to_the_same_deal_and_makes_nothing(owner, sign_in):
    lead = make_lead(owner)
    client = sign_in(owner)
    first = client.post(f"/leads/{lead.pk}/qualify/", answers())

    again = client.post(f"/leads/{lead.pk}/qualify/", answers())

    assert again["Location"] == first["Location"]
    assert Opportunity.objects.count() == Account.objects.count() == 1
    assert JournalEntry.objects.filter(verb="qualified").count() == 1


def test_the_toast_undoes_the_qualification(owner, sign_in):
    lead = make_lead(owner)
    client = sign_in(owner)
    client.post(f"/leads/{lead.pk}/qualify/", answers())
    operation = JournalEntry.objects.get(verb="qualified").operation

    page = client.get(f"/leads/{lead.pk}/").content.decode()
    client.post(f"/undo/{operation}/", {"next": f"/leads/{lead.pk}/"})

    lead.refresh_from_db()
    assert f"/undo/{operation}/" in page
    assert lead.state == Lead.State.OPEN
    assert not Opportunity.objects.alive().exists()


def test_a_get_with_answers_shows_what_they_would_do_and_does_nothing(owner, sign_in):
    contact = make_contact(owner, account=make_account(owner, name="BioSud"))
    lead = make_lead(owner)

    page = (
        sign_in(owner)
        .get(f"/leads/{lead.pk}/qualify/", answers(contact=f"use:{contact.pk}", opportunity="skip"))
        .content.decode()
    )

    assert "moves to Aurelis Diagnostics and keeps the history." in page
    lead.refresh_from_db()
    assert (lead.state, lead.version) == ("open", 1)
    assert not Opportunity.objects.exists()


def test_another_record_is_looked_up(owner, sign_in):
    account = make_account(owner, name="Kestrel Aerospace")
    lead = make_lead(owner)

    sign_in(owner).post(
        f"/leads/{lead.pk}/qualify/", answers(account="other", account_other=str(account.pk))
    )

    assert Opportunity.objects.get().account_id == account.pk


def test_looking_up_nothing_is_told_beside_the_field_and_keeps_the_input(owner, sign_in):
    lead = make_lead(owner)

    answer = sign_in(owner).post(
        f"/leads/{lead.pk}/qualify/", answers(account="other", name="A name I typed")
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Look up which one to use." in page
    assert "A name I typed" in page
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"account": "nonsense"},
        {"contact": "use:"},
        {"contact": "use:99999999999999999999999"},
        {"opportunity": ""},
        {"est_close_on": "31.31.2027"},
        {"estimated_revenue": "-1"},
        {"estimated_revenue": "10.005"},
        {"estimated_revenue": "a lot"},
        {"name": ""},
        {"name": "x" * 201},
        {"account": "use:424242"},
        {"version": "x"},
    ],
)
def test_bad_answers_change_nothing(owner, sign_in, changed):
    lead = make_lead(owner)

    answer = sign_in(owner).post(f"/leads/{lead.pk}/qualify/", answers(**changed))

    lead.refresh_from_db()
    assert answer.status_code == 422
    assert (lead.state, lead.version) == ("open", 1)
    assert not Account.objects.exists()
    assert not Opportunity.objects.exists()


def test_a_lead_changed_meanwhile_is_shown_again_and_can_then_be_posted(owner, sign_in):
    lead = make_lead(owner)
    Lead.objects.filter(pk=lead.pk).update(company="Aurelis Group")
    client = sign_in(owner)

    refused = client.post(f"/leads/{lead.pk}/qualify/", answers())
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Nothing was done yet." in page
    assert 'name="version" value="2"' in page

    client.post(f"/leads/{lead.pk}/qualify/", answers(version="2"))
    assert Account.objects.get().name == "Aurelis Group"


def test_a_teammate_may_look_at_the_lead_but_not_qualify_it(owner, teammate, sign_in):
    lead = make_lead(owner)
    client = sign_in(teammate)

    assert client.get(f"/leads/{lead.pk}/").status_code == 200
    assert client.get(f"/leads/{lead.pk}/qualify/").status_code == 403
    assert client.post(f"/leads/{lead.pk}/qualify/", answers()).status_code == 403

    lead.refresh_from_db()
    assert lead.version == 1


def test_for_a_stranger_there_is_nothing_to_qualify(owner, stranger, sign_in):
    lead = make_lead(owner)
    client = sign_in(stranger)

    assert client.get(f"/leads/{lead.pk}/qualify/").status_code == 404
    assert client.post(f"/leads/{lead.pk}/qualify/", answers()).status_code == 404

    lead.refresh_from_db()
    assert lead.version == 1


def test_many_leads_are_qualified_with_a_report_of_those_that_were_not(owner, sign_in):
    make_contact(owner, email="n.belkacem@aurelis.example")
    alike = make_lead(owner)
    fresh = make_lead(owner, last_name="Roux", email="roux@x.example", phone="", company="Roux")
    client = sign_in(owner)
    chosen = {"ids": [alike.pk, fresh.pk]}

    asked = client.post("/leads/bulk/qualify-many/", chosen)
    assert "When something looks very much like" in asked.content.decode()
    answer = client.post(
        "/leads/bulk/qualify-many/",
        {**chosen, "do": "1", "lookalike": "leave", "with_opportunity": "on"},
    )

    page = answer.content.decode()
    alike.refresh_from_db()
    fresh.refresh_from_db()
    assert (alike.state, fresh.state) == ("open", "qualified")
    assert "Qualify it by itself and choose." in page
    assert Opportunity.objects.get().originating_lead_id == fresh.pk


def test_the_page_takes_few_queries_whatever_it_finds(
    owner, sign_in, django_assert_max_num_queries
):
    account = make_account(owner, website="https://aurelis.example")
    for number in range(5):
        make_contact(owner, account=account, last_name="Belkacem")
        make_opportunity(owner, name=f"Deal {number}", account=account)
    lead = make_lead(owner, website="https://aurelis.example")
    client = sign_in(owner)
    client.get(f"/leads/{lead.pk}/qualify/")

    with django_assert_max_num_queries(45):
        client.get(f"/leads/{lead.pk}/qualify/")


def test_the_likeliest_candidates_come_first(owner, sign_in):
    for name in ("Brightwater Motors", "Brightwater Lab", "Brightwater Metals"):
        make_account(owner, name=name)
    lead = make_lead(owner, company="Brightwater Labs")
    text = sign_in(owner).get(f"/leads/{lead.pk}/qualify/").content.decode()
    places = [text.index(f"Brightwater {word}") for word in ("Lab<", "Metals", "Motors")]
    assert places == sorted(places)
