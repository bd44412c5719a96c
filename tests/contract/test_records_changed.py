"""RecordsChanged tells of every write what the field history says of it: once, and nothing else."""

import io
import random
import uuid
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.models import Account, Contact
from cases.services import cancel_case, escalate_case, resolve_case
from crm import clock
from crm.activities.services import complete_activity, log_activity
from crm.errors import CrmError
from crm.exchange.imports.services import run_import, stage_file
from crm.operations import _subscribers, operation, operation_called, subscribe
from crm.records.history.undo import undo_operation
from crm.records.merging.services import merge_records
from crm.records.services import (
    assign_records,
    bulk_update_records,
    create_record,
    delete_records,
    restore_records,
    update_record,
)
from crm.records.services.emptying import erase_batch
from crm.registry.events import ChangeKind, RecordsChanged
from crm.registry.registry import registry
from leads.plans import Plan, Step
from leads.services import disqualify_lead, qualify_lead, undo_qualification
from opportunities.services import lose_opportunity, move_stage, reopen_opportunity, win_opportunity
from sales_docs.services.billing import create_invoice_from_order
from sales_docs.services.invoices import post_invoice
from sales_docs.services.orders import create_order_from_quote
from sales_docs.services.payments import record_payment
from sales_docs.services.quotes import activate_quote, create_quote_from_opportunity
from tests.contract.announced import announced, last_change, written
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_quote
from tests.people import make_user

pytestmark = pytest.mark.django_db

STEPS = 30


@pytest.fixture
def emitted():
    """The events of the test, in order."""
    events: list[RecordsChanged] = []
    subscribe(RecordsChanged, events.append)
    yield events
    _subscribers[RecordsChanged].remove(events.append)


@pytest.fixture
def boss(company):
    return make_user("chief", company, is_superuser=True, is_staff=True)


class Work:
    """Random writes by every path, on the records that are there."""

    def __init__(self, seed, boss, other, as_actor):
        self.random = random.Random(seed)
        self.boss, self.other, self.as_actor = boss, other, as_actor
        self.operations: list[uuid.UUID] = []

    @property
    def actor(self):
        return self.as_actor(self.boss)

    def pick(self, model, count=1, **where):
        rows = list(model.objects.alive().filter(**where).order_by("pk"))
        return self.random.sample(rows, min(count, len(rows)))

    def word(self):
        return self.random.choice(["Alder", "Birch", "Cedar", "Dogwood", "Elm"])

    def step(self):
        paths = [name for name in sorted(vars(Work)) if name.startswith("do_")]
        operation_id = uuid.uuid4()
        with operation_called(operation_id), suppress(CrmError):
            with transaction.atomic():
                getattr(self, self.random.choice(paths))()
            self.operations.append(operation_id)

    def do_create(self):
        create_record(
            actor=self.actor, record_type=registry.get("account"), values={"name": self.word()}
        )

    def do_update(self):
        for account in self.pick(Account):
            update_record(
                actor=self.actor,
                record_type=registry.get("account"),
                record_id=account.pk,
                version=None,
                values={"name": self.word(), "city": self.word(), "owner": self.other},
            )

    def do_bulk(self):
        ids = [contact.pk for contact in self.pick(Contact, 3)]
        bulk_update_records(
            actor=self.actor,
            record_type=registry.get("contact"),
            ids=ids,
            values={"job_title": self.word()},
        )

    def do_assign(self):
        ids = [account.pk for account in self.pick(Account, 2)]
        owner = self.random.choice([self.boss, self.other])
        assign_records(
            actor=self.actor, record_type=registry.get("account"), ids=ids, owner_id=owner.pk
        )

    def do_delete(self):
        ids = [contact.pk for contact in self.pick(Contact, 2)]
        delete_records(actor=self.actor, record_type=registry.get("contact"), ids=ids)

    def do_restore(self):
        rows = list(Contact.objects.in_bin().order_by("pk")[:2])
        restore_records(
            actor=self.actor, record_type=registry.get("contact"), ids=[row.pk for row in rows]
        )

    def do_erase(self):
        erase_batch(
            actor=self.actor,
            record_type=registry.get(self.random.choice(["contact", "account"])),
            before=clock.now() + timedelta(days=1),
        )

    def do_merge(self):
        found = self.pick(Account, 3)
        if len(found) > 1:
            merge_records(
                actor=self.actor,
                record_type=registry.get("account"),
                survivor_id=found[0].pk,
                loser_ids=[account.pk for account in found[1:]],
                choices={"city": found[1].pk},
            )

    def do_activity(self):
        for account in self.pick(Account):
            activity = log_activity(
                actor=self.actor,
                regarding=account,
                values={"kind": "task", "subject": self.word()},
            )
            complete_activity(actor=self.actor, record_id=activity.pk)

    def do_qualify(self):
        lead = make_lead(self.boss, email=f"{uuid.uuid4().hex[:6]}@x.example")
        plan = Plan(account=Step.create(), contact=Step.create(), opportunity=Step.create())
        qualify_lead(actor=self.actor, lead_id=lead.pk, version=None, plan=plan)
        if self.random.random() < 0.5:
            undo_qualification(actor=self.actor, record_id=lead.pk)

    def do_disqualify(self):
        lead = make_lead(self.boss)
        disqualify_lead(actor=self.actor, record_id=lead.pk, reason="lost")

    def do_opportunity(self):
        deal = make_opportunity(self.boss, account=make_account(self.boss))
        move_stage(
            actor=self.actor,
            record_id=deal.pk,
            version=None,
            value="develop",
            est_close_on=clock.now().date(),
            estimated_revenue=Decimal(100),
        )
        if self.random.random() < 0.5:
            win_opportunity(actor=self.actor, record_id=deal.pk)
        else:
            lose_opportunity(actor=self.actor, record_id=deal.pk, reason="canceled")
        reopen_opportunity(actor=self.actor, record_id=deal.pk)

    def do_documents(self):
        deal = make_opportunity(self.boss, account=make_account(self.boss))
        create_quote_from_opportunity(actor=self.actor, record_id=deal.pk)
        quote = make_quote(self.boss, line())
        activate_quote(actor=self.actor, record_id=quote.pk)
        order = create_order_from_quote(actor=self.actor, record_id=quote.pk)
        invoice = create_invoice_from_order(actor=self.actor, record_id=order.pk)
        post_invoice(actor=self.actor, record_id=invoice.pk)
        record_payment(actor=self.actor, record_id=invoice.pk, amount=Decimal(50))

    def do_case(self):
        case = make_case(self.boss, account=make_account(self.boss))
        escalate_case(actor=self.actor, record_id=case.pk)
        if self.random.random() < 0.5:
            resolve_case(actor=self.actor, record_id=case.pk, reason="solved", resolution="Done")
        else:
            cancel_case(actor=self.actor, record_id=case.pk)

    def do_import(self):
        content = f"name,city\n{self.word()},{self.word()}\n{uuid.uuid4().hex},Oslo\n".encode()
        job = stage_file(
            actor=self.actor,
            target_key="account",
            file_name="firms.csv",
            file=io.BytesIO(content),
            size=len(content),
        )
        run_import(actor=self.actor, job_id=job.pk)

    def do_undo(self):
        if self.operations:
            target = self.random.choice(self.operations[-5:])
            undo_operation(actor=self.actor, operation_id=target)


@operation
def nothing(*, actor):
    """An operation without a write."""


@pytest.mark.parametrize("seed", range(8))
def test_events_and_field_history_say_the_same(seed, boss, company, as_actor, emitted):
    other = make_user("colleague", company, is_superuser=True)
    work = Work(seed, boss, other, as_actor)
    for _number in range(4):
        make_contact(boss, account=make_account(boss))
    since = last_change()
    for _number in range(STEPS):
        before, done = len(emitted), len(work.operations)
        work.step()
        if len(work.operations) == done:  # refused: rolled back with what subscribers wrote
            del emitted[before:]
    assert announced(emitted) == written(since)
    assert len(work.operations) > STEPS // 2


def test_an_operation_without_a_write_emits_nothing(boss, as_actor, emitted):
    nothing(actor=as_actor(boss))
    assert emitted == []


def test_a_batch_is_one_event(boss, as_actor, emitted):
    ids = [make_contact(boss).pk for _number in range(3)]
    emitted.clear()
    bulk_update_records(
        actor=as_actor(boss),
        record_type=registry.get("contact"),
        ids=ids,
        values={"job_title": "Buyer"},
    )
    (event,) = emitted
    assert (event.kind, event.record_type) == (ChangeKind.CHANGED, "contact")
    assert (event.ids, event.fields) == (tuple(sorted(ids)), frozenset({"job_title"}))


def test_what_is_written_without_a_difference_is_no_event(boss, as_actor, emitted):
    account = make_account(boss, name="Alder")
    emitted.clear()
    update_record(
        actor=as_actor(boss),
        record_type=registry.get("account"),
        record_id=account.pk,
        version=None,
        values={"name": "Alder"},
    )
    assert emitted == []
