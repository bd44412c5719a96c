"""A page asks as often for a hundred rows as for two."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.activities.files import attach_file
from crm.activities.services import log_activity
from crm.models import Record
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from marketing.models import Recipient
from tests.contract.building import make_record
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case, make_queue
from tests.factories.leads import make_lead
from tests.factories.marketing import give_address, make_list, make_mailing
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_invoice, make_order, make_product, make_quote

pytestmark = pytest.mark.django_db

TYPES = [pytest.param(one, id=one.key) for one in registry]
FEW, MANY = 2, 8


def queries(client, address):
    """How many queries a page takes once what pages have in common is known."""
    assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(address)
    return len(asked), [one["sql"] for one in asked]


def does_not_grow(client, addresses, grow):
    """The pages ask no more after `grow` than before; says which query is repeated."""
    before = {address: queries(client, address) for address in addresses}
    grow()
    for address, (count, _sql) in before.items():
        now, sql = queries(client, address)
        repeated = sorted({one[:300] for one in sql if sum(one[:90] == s[:90] for s in sql) > 3})
        assert now <= count, (address, count, now, repeated)


def children_of(record):
    """(model, field) of every type that links to the record."""
    for one in registry:
        for field in one.model._meta.concrete_fields:
            target = field.related_model
            if isinstance(target, type) and issubclass(target, Record) and target is type(record):
                yield one.model, field


def add_children(record, owner, numbers):
    """Rows that link to the record, where no rule of the database forbids several."""
    for model, field in children_of(record):
        for number in numbers:
            values = {field.name: record}
            if model is type(record) and field.name == "account":
                continue
            try:
                with transaction.atomic():
                    make_record(model, owner, f"{model.type_key()} {field.name} {number}", **values)
            except DatabaseError:
                break


def add_work(record_type, record, actor, numbers):
    for number in numbers:
        for kind in ("note", "task", "call"):
            if record_type.has(Feature.TIMELINE):
                values = {"kind": kind, "subject": f"{kind} {number}", "body": "Text"}
                log_activity(actor=actor, regarding=record, values=values)
        if record_type.has(Feature.FILES):
            upload = SimpleUploadedFile(f"{number}.txt", b"x")
            attach_file(actor=actor, record=record, upload=upload)


@pytest.mark.parametrize("record_type", TYPES)
def test_a_record_page_and_its_tabs(record_type, admin, sign_in, as_actor):
    record = make_record(record_type.model, admin)
    actor = as_actor(admin)

    def add(numbers):
        add_children(record, admin, numbers)
        add_work(record_type, record, actor, numbers)
        for number in numbers:
            record_type.model.objects.filter(pk=record.pk).update(external_id=f"X{number}")

    add(range(FEW))
    page = f"/{record_type.slug}/{record.pk}/"
    tabs = [panel.key for panel in record_type.panels if panel.place == "tab"]
    parts = ["", "?tab=history", *(f"?tab={tab}" for tab in tabs)]
    if record_type.has(Feature.FILES):
        parts.append("?tab=files")
    addresses = [*(page + part for part in parts), f"/{record_type.slug}/?preview={record.pk}"]
    does_not_grow(sign_in(admin), addresses, lambda: add(range(FEW, MANY)))


@pytest.mark.parametrize("record_type", TYPES)
def test_a_list_its_bin_and_its_board(record_type, admin, sign_in):
    def add(numbers):
        for number in numbers:
            record = make_record(record_type.model, admin, f"Row {number}")
            gone = make_record(record_type.model, admin, f"Gone {number}")
            record_type.model.objects.filter(pk=gone.pk).update(deleted_at=record.created_at)

    add(range(FEW))
    slug = record_type.slug
    pages = [f"/{slug}/?view={view.key}&cols=*" for view in record_type.views] + [f"/{slug}/bin/"]
    if record_type.board:
        pages.append(f"/{slug}/board/")
    pages += [f"/{slug}/?chart={chart.key}&drawn=1" for chart in record_type.charts[:3]]
    does_not_grow(sign_in(admin), pages, lambda: add(range(FEW, MANY)))


def test_a_chart_beside_its_list_takes_three_more_queries_and_waiting_for_it_none(owner, sign_in):
    """Two say how long to wait for it and read the groups; one reads their names."""
    make_opportunity(owner, account=make_account(owner))
    client = sign_in(owner)
    plain, _sql = queries(client, "/opportunities/")
    waiting, _sql = queries(client, "/opportunities/?chart=account")
    drawn, sql = queries(client, "/opportunities/?chart=account&drawn=1")
    assert waiting == plain
    assert drawn == plain + 3 + savepoints(sql)


def savepoints(sql):
    """A transaction of its own is a savepoint within the test's."""
    return sum("SAVEPOINT" in one for one in sql)


DOCUMENTS = {"quotes": make_quote, "orders": make_order, "invoices": make_invoice}


@pytest.mark.parametrize("slug", DOCUMENTS)
def test_a_document_with_sixty_lines(slug, admin, sign_in):
    products = [make_product(admin, name=f"Product {n}") for n in range(60)]

    def lines(count):
        return [line(product=product) for product in products[:count]]

    small, large = DOCUMENTS[slug](admin, *lines(2)), DOCUMENTS[slug](admin, *lines(60))
    client = sign_in(admin)
    parts = ["", "lines/", "pdf/"] + (["invoice/"] if slug == "orders" else [])
    for part in parts:
        few, _sql = queries(client, f"/{slug}/{small.pk}/{part}")
        many, sql = queries(client, f"/{slug}/{large.pk}/{part}")
        assert many <= few, (part, few, many, [s[:200] for s in sql[-5:]])


def test_the_qualify_page(owner, sign_in):
    lead = make_lead(owner)

    def add(numbers):
        for number in numbers:
            account = make_account(owner, name=f"Aurelis Diagnostics {number}")
            make_contact(owner, last_name="Belkacem", first_name="Nadia", account=account)

    add(range(FEW))
    does_not_grow(sign_in(owner), [f"/leads/{lead.pk}/qualify/"], lambda: add(range(FEW, MANY)))


def test_a_mailing_while_it_runs(marketer, sign_in):
    give_address()
    mailing = make_mailing(marketer, make_list(marketer), state="running")

    def add(numbers):
        for number in numbers:
            contact = make_contact(marketer, email=f"{number}@x.example")
            Recipient.objects.create(
                activity=mailing,
                record_type="contact",
                record_id=contact.pk,
                name=f"Somebody {number}",
                address=contact.email,
                address_key=contact.email,
                state="pending",
            )

    add(range(FEW))
    pages = [f"/campaign-activities/{mailing.pk}/{part}/" for part in ("live", "recipients")]
    does_not_grow(sign_in(marketer), pages, lambda: add(range(FEW, MANY)))


def test_the_case_queue_page(agent, sign_in):
    queue = make_queue(agent, agent)

    def add(numbers):
        for number in numbers:
            make_case(agent, queue=queue, title=f"Case {number}", account=make_account(agent))

    add(range(FEW))
    pages = ["/case-queue/mine/working/", f"/case-queue/{queue.pk}/"]
    does_not_grow(sign_in(agent), pages, lambda: add(range(FEW, MANY)))


def test_today_search_and_what_was_seen_last(owner, sign_in, as_actor):
    actor, client = as_actor(owner), sign_in(owner)

    def add(numbers):
        for number in numbers:
            account = make_account(owner, name=f"Zebra {number}")
            make_contact(owner, last_name=f"Zebra {number}", account=account)
            add_work(registry.get("account"), account, actor, [number])
            client.get(f"/accounts/{account.pk}/")

    add(range(FEW))
    pages = ["/", "/recent/", "/search/?q=zebra", "/lookup/account/?q=zebra", "/activities/"]
    does_not_grow(client, pages, lambda: add(range(FEW, MANY)))
