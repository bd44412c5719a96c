"""What stands on the paper of quotes, orders and bills, in the words of whoever reads it."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from crm.models import CompanySettings, RecordTypeLabel
from crm.runtime.cache_versions import reset_cache_versions
from sales_docs.entries import HeaderEntry
from sales_docs.printing import file_name, page_of
from sales_docs.services.invoices import create_credit_note, post_invoice
from sales_docs.services.quotes import activate_quote, revise_quote
from tests.factories.accounts import make_account, make_contact
from tests.factories.sales_docs import (
    line,
    make_invoice,
    make_product,
    make_quote,
    make_tax_code,
    put_lines,
)


@pytest.fixture
def quote(owner, as_actor):
    CompanySettings.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Halden Labs",
            "address": "Halden Labs\n14 Quai des Tanneurs\n69002 Lyon",
            "registration": "RCS Lyon 000",
            "payment_details": "IBAN FR00",
            "document_terms": "Net 30 days.",
        },
    )
    account = make_account(owner, line1="1 rue du Port", postcode="69002", city="Lyon")
    made = make_quote(
        owner,
        account=account,
        contact=make_contact(owner, account=account),
        valid_until=date(2026, 12, 17),
        description="As discussed.",
    )
    bench = make_product(owner, list_price=Decimal("33.335"), code="FX-40", description="Heavy.")
    vat = make_tax_code(note="Reverse charge.")
    return put_lines(
        as_actor(owner),
        made,
        line(product=bench, quantity="3", tax_code=vat, description="Heavy.\nBlue."),
        line("Training", price="50", discount_amount="10"),
        header=HeaderEntry(discount_percent=Decimal(2), freight_amount=Decimal(5)),
    )


def facts(page):
    return {fact.label: fact.value for fact in page.facts}


def test_a_quote_says_who_what_and_how_much(owner, as_actor, quote):
    page = page_of(quote, as_actor(owner))
    assert page.heading == f"Quote {quote.number}"
    assert page.mark == "Draft"
    assert page.seller.lines == ("14 Quai des Tanneurs", "69002 Lyon")
    assert page.customer.lines == (
        "Aurelis Diagnostics",
        "Nadia Belkacem",
        "1 rue du Port",
        "69002 Lyon",
    )
    assert facts(page)["Valid until"] == "17 December 2026"
    assert [head.label for head in page.columns] == [
        "#", "Description", "Quantity", "Unit", "Price, EUR", "Discount", "Tax", "Net, EUR",
    ]  # fmt: skip
    first, second = page.rows
    assert (first[1].name, first[1].code, first[1].detail) == (
        "FX-40 bench",
        "FX-40",
        ("Heavy.", "Blue."),
    )
    assert first[2:] == ("3", "pc", "33.335", "", "20%", "100.01")
    assert second[5:] == ("-10.00", "", "40.00")
    assert [(each.label, each.value) for each in page.totals] == [
        ("Lines", "140.01"),
        ("Discount, 2%", "-2.80"),
        ("Freight", "5.00"),
        ("VAT 20%", "19.60"),
        ("Total", "€161.81"),
    ]
    assert page.taxes.rows == (
        ("VAT 20%", "20%", "98.01", "19.60"),
        ("No tax", "0%", "44.20", "0.00"),
    )
    assert page.taxes.notes == ("Reverse charge.",)
    assert [each.lines for each in page.closing] == [("Net 30 days.",)]
    assert page.signatures == ("Place and date", "Signature for Aurelis Diagnostics")


def test_columns_nobody_needs_are_left_out(owner, as_actor):
    plain = put_lines(as_actor(owner), make_quote(owner), line())
    heads = [head.label for head in page_of(plain, as_actor(owner)).columns]
    assert "Discount" not in heads
    assert "Tax" not in heads


def test_a_renamed_type_is_called_by_its_new_name(owner, as_actor, quote):
    RecordTypeLabel.objects.update_or_create(
        record_type_id="quote",
        language="en",
        defaults={"singular": "Proposal", "plural": "Proposals"},
    )
    reset_cache_versions()
    assert page_of(quote, as_actor(owner)).heading == f"Proposal {quote.number}"


def test_a_french_reader_reads_french_figures(owner, as_actor, quote):
    with translation.override("fr"):
        page = page_of(quote, as_actor(owner))
    assert page.language == "fr"
    assert page.totals[-1].value == "161,81\xa0€"
    assert facts(page)[page.facts[1].label] == "17 décembre 2026"


def test_a_revision_is_told_apart_on_paper_and_on_disk(owner, as_actor, quote):
    activate_quote(actor=as_actor(owner), record_id=quote.pk)
    draft = revise_quote(actor=as_actor(owner), record_id=quote.pk)
    assert facts(page_of(draft, as_actor(owner)))["Revision"] == "1"
    assert file_name(draft) == f"{quote.number}-1.pdf"


def test_a_bill_says_how_to_pay_and_a_credit_note_what_it_corrects(owner, as_actor, quote):
    draft = make_invoice(owner, line())
    assert page_of(draft, as_actor(owner)).mark == "Draft"
    bill = post_invoice(actor=as_actor(owner), record_id=draft.pk, issued_on=date(2026, 3, 1))
    page = page_of(bill, as_actor(owner))
    assert (page.heading, page.mark) == ("Invoice INV-2026-00001", "")
    assert facts(page)["Due"] == "31 March 2026"
    assert [each.label for each in page.closing] == ["Payment", "Terms"]
    credit = create_credit_note(actor=as_actor(owner), record_id=bill.pk)
    page = page_of(credit, as_actor(owner))
    assert facts(page)["Corrects"] == "INV-2026-00001"
    assert page.heading == "Credit note"
    assert page.totals[-1].value == "-€100.00"


def test_a_posted_bill_prints_the_address_it_was_posted_with(owner, as_actor):
    account = make_account(owner, line1="1 rue du Port", city="Lyon")
    draft = make_invoice(owner, line(), account=account)
    bill = post_invoice(actor=as_actor(owner), record_id=draft.pk)
    account.line1, account.name = "9 rue Neuve", "Aurelis SA"
    account.save()
    bill.refresh_from_db()
    assert page_of(bill, as_actor(owner)).customer.lines == (
        "Aurelis Diagnostics",
        "1 rue du Port",
        "Lyon",
    )
