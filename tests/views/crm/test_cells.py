"""Changing one field of a record where it stands in a list."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from crm.models import JournalEntry, SavedView
from crm.records.editing import editable_columns, editable_names
from crm.records.lists.tables import bound_columns
from crm.records.services import update_record
from crm.registry.registry import registry
from opportunities.services import win_opportunity
from sales_docs.services.invoices import post_invoice
from tests.contract.watching import nothing_changes
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_invoice
from tests.markup import tight
from tests.people import make_user

pytestmark = pytest.mark.django_db

EDITOR = {"HX-Request": "true", "HX-Target": "cell-editor"}


@pytest.fixture
def cell(owner, sign_in):
    """Asks for the field as the list does, or sends it when a value is given."""
    client = sign_in(owner)

    def ask(record, column, query="", **data):
        address = f"/{registry.of(record).slug}/{record.pk}/cell/{column}/{query}"
        if not data:
            return client.get(address, headers=EDITOR)
        return client.post(address, {"version": record.version, **data}, headers=EDITOR)

    ask.client = client
    return ask


def text(answer):
    return tight(answer.content.decode())


def changed_by_somebody(actor, record, **values):
    update_record(
        actor=actor,
        record_type=registry.of(record),
        record_id=record.pk,
        version=None,
        values=values,
    )


# Which cells


def marked(client, address):
    return re.findall(r'data-edit="([^"]+)"', client.get(address).content.decode())


def test_the_heads_say_which_cells_can_be_changed(owner, sign_in):
    make_account(owner)
    columns = "name,number,relationship,city,annual_revenue,owner,modified_at"
    found = marked(sign_in(owner), f"/accounts/?cols={columns}")
    assert found == ["name", "relationship", "city", "annual_revenue", "owner"]


def test_who_may_not_write_is_offered_no_cell(company, as_actor):
    newcomer, record_type = make_user("newcomer", company), registry.get("account")
    assert editable_names(as_actor(newcomer), record_type, bound_columns(record_type)) == set()


@pytest.mark.parametrize(
    ("key", "fixed"),
    [
        ("opportunity", {"stage", "reason", "weighted", "number", "created_at"}),
        ("contact", {"full_name"}),
        ("lead", {"name", "reason"}),
        ("activity", {"kind", "state"}),
        ("product", {"state", "structure"}),
        ("invoice", {"number", "total_amount", "state", "issued_on"}),
        ("case", {"queue", "reason"}),
        ("marketinglist", {"member_type", "is_locked", "member_count"}),
    ],
)
def test_what_only_rules_and_actions_may_change_is_not_offered(key, fixed):
    record_type = registry.get(key)
    assert fixed <= {column.name for column in record_type.columns}
    assert fixed.isdisjoint(editable_columns(record_type))


def test_another_column_is_not_there(owner, cell):
    account = make_account(owner)
    with nothing_changes():
        for column in ("number", "modified_at", "unit", "search_text", "nonsense", "description"):
            assert cell(account, column).status_code == 404, column
            assert cell(account, column, **{column: "1"}).status_code == 404, column


# The field


def test_the_editor_holds_the_one_field_of_the_form_and_the_version(owner, cell):
    account = make_account(owner, city="Lyon")
    answer = cell(account, "city", "?cols=name,city")
    page = text(answer)
    assert answer.status_code == 200
    assert re.findall(r'name="([^"]+)"', page) == ["csrfmiddlewaretoken", "version", "city"]
    assert f'name="version" value="{account.version}"' in page
    assert 'value="Lyon"' in page
    assert f'hx-post="/accounts/{account.pk}/cell/city/?cols=name%2Ccity"' in page
    assert 'aria-label="City, Aurelis Diagnostics"' in page


def test_each_kind_of_field_comes_as_the_form_shows_it(owner, cell):
    contact = make_contact(owner)
    deal = make_opportunity(owner, contact=contact, est_close_on=date(2026, 12, 4))
    assert '<option value="committed"' in text(cell(deal, "forecast"))
    assert 'type="date" name="est_close_on" value="2026-12-04"' in text(cell(deal, "est_close_on"))
    look_up = text(cell(deal, "contact"))
    assert 'data-lookup-url="/lookup/contact/"' in look_up
    assert f'<option value="{contact.pk}" selected>Nadia Belkacem</option>' in look_up


def test_numbers_are_written_and_read_in_the_form_of_the_reader(owner, cell):
    owner.language = "fr"
    owner.save()
    account = make_account(owner, annual_revenue=Decimal("1500.5"))
    assert 'value="1500,5"' in text(cell(account, "annual_revenue"))
    cell(account, "annual_revenue", annual_revenue="12 345,25")
    account.refresh_from_db()
    assert account.annual_revenue == Decimal("12345.25")


def test_asking_for_a_field_takes_a_fixed_number_of_queries(owner, cell):
    accounts = [make_account(owner, name=f"Firm {number}", city="Lyon") for number in range(20)]
    for column, count in (("city", 5), ("parent", 6)):
        cell(accounts[0], column)
        with CaptureQueriesContext(connection) as asked:
            cell(accounts[0], column)
        assert len(asked) == count, [one["sql"][:200] for one in asked]


# Saving


def test_the_answer_is_the_row_with_the_columns_of_the_list(owner, cell):
    account = make_account(owner, city="Lyon")
    answer = cell(account, "city", "?cols=name,phone,city", city="Nantes")
    assert (answer.status_code, answer["HX-Retarget"]) == (200, "tr[data-editing]")
    row, _cut, toast = answer.content.decode().partition("</tr>")
    assert re.sub(r"<[^>]+>", " ", row).split() == ["Aurelis", "Diagnostics", "Nantes"]
    assert f'href="?cols=name%2Cphone%2Ccity&amp;preview={account.pk}"' in row
    assert "Saved “Aurelis Diagnostics”." in toast
    account.refresh_from_db()
    assert account.city == "Nantes"


def test_the_toast_takes_the_change_back(owner, cell):
    account = make_account(owner, city="Lyon")
    answer = text(cell(account, "city", city="Nantes"))
    operation = answer.split('action="/undo/')[1].split('"')[0]
    cell.client.post(f"/undo/{operation}", {"next": "/accounts/"})
    account.refresh_from_db()
    assert account.city == "Lyon"


def test_the_row_shows_what_followed_from_the_change(owner, cell):
    deal = make_opportunity(owner, estimated_revenue=Decimal(1000), probability=10)
    row = cell(deal, "probability", "?cols=name,probability,weighted", probability="50")
    assert "500.00" in row.content.decode()


def test_only_the_field_of_the_cell_changes_whatever_is_sent(owner, stranger, cell):
    account = make_account(owner, city="Lyon", phone="+33 1")
    answer = cell(
        account,
        "city",
        city="Nantes",
        phone="+33 2",
        name="Taken",
        owner=stranger.pk,
        number="HACKED",
        id="1",
    )
    assert answer.status_code == 200
    after = Account.objects.get(pk=account.pk)
    assert (after.city, after.phone, after.name) == ("Nantes", "+33 1", "Aurelis Diagnostics")
    assert (after.owner_id, after.number) == (owner.pk, account.number)


def test_the_same_value_again_says_and_changes_nothing(owner, cell):
    account = make_account(owner, city="Lyon")
    with nothing_changes():
        answer = cell(account, "city", city="Lyon")
    assert answer.status_code == 200
    assert "Saved" not in text(answer)


def test_an_owner_cannot_be_emptied_and_one_given_away_leaves_the_list(owner, stranger, cell):
    account = make_account(owner)
    assert cell(account, "owner", owner="").status_code in (200, 422)
    account.refresh_from_db()
    assert account.owner_id == owner.pk
    answer = cell(account, "owner", owner=stranger.pk)
    account.refresh_from_db()
    assert account.owner_id == stranger.pk
    assert "<tr" not in text(answer)
    assert "Saved" in text(answer)


# Refusals


def won(owner, as_actor):
    deal = make_opportunity(owner, account=make_account(owner))
    return win_opportunity(actor=as_actor(owner), record_id=deal.pk)


def test_a_wrong_value_stays_with_the_reason_beside_it(owner, cell):
    account = make_account(owner, annual_revenue=Decimal(5))
    with nothing_changes():
        answer = cell(account, "annual_revenue", annual_revenue="plenty")
    assert answer.status_code == 422
    assert 'value="plenty"' in text(answer)
    assert "Enter a number." in text(answer)
    assert 'aria-invalid="true"' in text(answer)


def test_what_a_rule_refuses_is_said_in_the_editor(owner, cell):
    parent = make_account(owner, name="Castellan Pharma")
    child = make_account(owner, name="Castellan Labs", parent=parent)
    with nothing_changes():
        answer = cell(parent, "parent", parent=child.pk)
    assert answer.status_code == 422
    assert "invalid-feedback" in text(answer) or "cell-wrong" in text(answer)


def test_a_closed_record_says_why_it_can_not_be_changed(owner, as_actor, cell):
    deal = won(owner, as_actor)
    with nothing_changes():
        asked, sent = cell(deal, "name"), cell(deal, "name", name="Other")
    for answer in (asked, sent):
        assert answer.status_code == 422
        assert "This opportunity is closed and can&#x27;t be changed." in text(answer)
        assert "<form" not in text(answer)


def test_a_value_that_follows_from_others_can_not_be_typed(owner, cell):
    deal = make_opportunity(owner, is_revenue_calculated=True)
    with nothing_changes():
        answer = cell(deal, "estimated_revenue", estimated_revenue="5")
    assert answer.status_code == 422
    assert "As things stand, this value can&#x27;t be changed." in text(answer)


def test_an_issued_invoice_keeps_its_due_date(owner, as_actor, cell):
    draft = make_invoice(owner, line(), account=make_account(owner))
    invoice = post_invoice(actor=as_actor(owner), record_id=draft.pk)
    with nothing_changes():
        assert cell(invoice, "due_on", due_on="2030-01-01").status_code == 422


def test_an_address_of_no_list_is_refused_before_anything_is_written(owner, cell):
    account = make_account(owner, city="Lyon")
    with nothing_changes():
        assert cell(account, "city", "?nonsense=1", city="Nantes").status_code == 400
        assert cell(account, "city", "?cols=nonsense", city="Nantes").status_code == 400


# Two people


def test_what_others_changed_elsewhere_stays(owner, admin, as_actor, cell):
    account = make_account(owner, city="Lyon", phone="+33 1")
    changed_by_somebody(as_actor(admin), account, phone="+33 2")
    assert cell(account, "city", city="Nantes").status_code == 200
    account.refresh_from_db()
    assert (account.city, account.phone) == ("Nantes", "+33 2")


def test_the_same_field_changed_by_two_shows_both_and_keeps_what_was_typed(
    owner, admin, as_actor, cell
):
    account = make_account(owner, city="Lyon")
    changed_by_somebody(as_actor(admin), account, city="Paris")
    with nothing_changes():
        answer = cell(account, "city", city="Nantes")
    page = text(answer)
    account.refresh_from_db()
    assert answer.status_code == 409
    assert "Boss changed this meanwhile. What you typed is still here." in page
    assert "<dt>Theirs</dt><dd>Paris</dd><dt>Yours</dt><dd>Nantes</dd>" in page
    assert 'name="city" value="Nantes"' in page
    assert f'name="version" value="{account.version}"' in page

    kept = cell(account, "city", city="Nantes")
    assert kept.status_code == 200
    account.refresh_from_db()
    assert account.city == "Nantes"


def test_taking_theirs_writes_nothing_and_shows_the_row_as_it_is(owner, admin, as_actor, cell):
    account = make_account(owner, city="Lyon")
    changed_by_somebody(as_actor(admin), account, city="Paris")
    with nothing_changes():
        answer = cell(account, "city", "?cols=name,city", city="Nantes", take="theirs")
    assert "Paris" in text(answer)
    assert "Nantes" not in text(answer)


# Without a script


def test_opened_plainly_the_field_has_a_page_that_leads_back_to_the_list(owner, sign_in):
    account = make_account(owner, city="Lyon")
    client = sign_in(owner)
    address = f"/accounts/{account.pk}/cell/city/?view=all&sort=name"
    page = text(client.get(address))
    assert "<!doctype html>" in page
    assert 'href="/accounts/?view=all&amp;sort=name"' in page
    assert "hx-post" not in page.split('class="cell-form"')[1].split("</form>")[0]
    wrong = client.post(address, {"version": account.version, "city": "x" * 200})
    assert (wrong.status_code, "<!doctype html>" in text(wrong)) == (422, True)
    saved = client.post(address, {"version": account.version, "city": "Nantes"})
    assert saved["Location"] == "/accounts/?view=all&sort=name"
    assert "Saved “Aurelis Diagnostics”." in text(client.get(saved["Location"]))


def test_opened_plainly_a_locked_record_leads_back_and_says_why(owner, as_actor, sign_in):
    deal = won(owner, as_actor)
    client = sign_in(owner)
    answer = client.get(f"/opportunities/{deal.pk}/cell/name/")
    assert answer["Location"] == "/opportunities/"
    assert "is closed" in text(client.get("/opportunities/"))


def test_the_row_has_the_columns_of_the_view_that_is_pinned(owner, cell):
    account = make_account(owner, city="Lyon")
    view = SavedView.objects.create(
        owner=owner, record_type="account", name="Cities", columns=["name", "city"]
    )
    row = text(cell(account, "city", f"?view=s{view.pk}", city="Nantes")).partition("</tr>")[0]
    assert row.count("<td") == 2
    assert JournalEntry.objects.filter(record_id=account.pk).count() <= 1
