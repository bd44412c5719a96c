from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, Contact
from leads.likeness import Strength, account_reasons, contact_reasons, strength_of
from leads.mapping import account_values, close_date, gaps, json_value, opportunity_values
from leads.models import Lead

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("timeframe", "closes"),
    [
        ("immediate", date(2026, 12, 22)),
        ("this_quarter", date(2026, 12, 31)),
        ("next_quarter", date(2027, 3, 31)),
        ("this_year", date(2026, 12, 31)),
        ("unknown", None),
        ("", None),
    ],
)
def test_a_timeframe_ends_on_a_day(timeframe, closes):
    assert close_date(timeframe, today=TODAY) == closes


def test_a_lead_without_a_person_lends_the_account_its_mail_address():
    lead = Lead(company="Aurelis", email="hello@aurelis.example", do_not_call=True)

    values = account_values(lead)

    assert (values["email"], values["do_not_call"]) == ("hello@aurelis.example", True)
    assert "email" not in account_values(
        Lead(company="Aurelis", last_name="B", email="b@x.example")
    )


def test_a_deal_is_called_by_topic_else_company_else_person():
    assert opportunity_values(Lead(topic="Benches", company="A"), today=TODAY)["name"] == "Benches"
    assert opportunity_values(Lead(company="A"), today=TODAY)["name"] == "A"


def test_only_gaps_are_filled():
    account = Account(name="Aurelis", phone="", city="Paris", do_not_call=False, employees=None)
    values = {
        "phone": "1",
        "city": "Lyon",
        "do_not_call": True,
        "employees": 0,
        "region": "",
        "currency": "EUR",
    }

    assert gaps(account, values) == {
        "phone": "1",
        "do_not_call": True,
        "employees": 0,
        "currency": "EUR",
    }


def test_the_journal_keeps_plain_values():
    assert json_value(Decimal("1.50")) == "1.50"
    assert json_value(TODAY) == "2026-11-22"
    assert json_value("x") == "x"


LEAD = Lead(
    company="Aurelis Diagnostics",
    first_name="Nadia",
    last_name="Belkacem",
    website="https://aurelis.example",
    city="Lyon",
    mobile="+33 6 11",
)


def test_the_same_web_address_and_city_make_a_strong_match():
    account = Account(
        name="Aurelis Diagnostics SAS", website="https://aurelis.example", city="lyon"
    )

    reasons = account_reasons(LEAD, account)

    texts = [reason.text for reason in reasons]
    assert texts[:2] == ["same web address", "same city"]
    assert texts[2].endswith("% alike")
    assert strength_of(reasons) is Strength.STRONG


def test_a_similar_name_in_another_city_is_a_weak_match():
    reasons = account_reasons(LEAD, Account(name="Aurélie Diagnostic", city="Bordeaux"))

    assert reasons[0].text == "other city"
    assert strength_of(reasons) is Strength.WEAK


def test_the_same_name_alone_is_a_possible_match():
    named = Contact(first_name="Nadia", last_name="Belkacem")
    named.full_name = "Nadia Belkacém"
    lead = Lead(first_name="Nadia", last_name="Belkacem")
    lead.full_name = "Nadia Belkacem"
    reasons = contact_reasons(lead, named)
    assert [reason.text for reason in reasons] == ["same name"]
    assert strength_of(reasons) is Strength.POSSIBLE


def test_nothing_in_common_is_no_reason():
    assert account_reasons(LEAD, Account(name="Kestrel Aerospace")) == []
    assert account_reasons(Lead(topic="x"), Account(name="Kestrel", phone="")) == []
