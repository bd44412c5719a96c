"""What a page says would happen is what happens: over random records, rights and verbs."""

import io
import random
import uuid
from collections import Counter
from decimal import Decimal

import pytest
from django.apps import apps

from cases.services import cancel_case, resolve_case
from crm import labels
from crm.activities.services import log_activity
from crm.errors import CrmError, RuleViolation
from crm.exchange.imports.services import check_rows, run_import, stage_file
from crm.models import Activity, FieldChange, MergedRecord, Record
from crm.operations import operation_called
from crm.records.history.consequences import rehearse
from crm.records.merging.merged_records import brought_along
from crm.records.merging.services import merge_records
from crm.records.services import assign_records, bulk_update_records, delete_records
from crm.registry.events import ChangeKind
from crm.registry.registry import registry
from leads.plans import Plan, Step
from leads.services import disqualify_lead, qualify_lead
from marketing.audience import count_audience
from marketing.models import Campaign, Recipient
from marketing.services import convert_response, launch_mailing
from opportunities.services import lose_opportunity, win_opportunity
from sales_docs.services.billing import create_invoice_from_order
from sales_docs.services.invoices import post_invoice
from sales_docs.services.orders import cancel_order, create_order_from_quote, fulfil_order
from sales_docs.services.payments import record_payment
from sales_docs.services.quotes import activate_quote, close_quote, create_quote_from_opportunity
from tests.contract.announced import kind_of, models
from tests.contract.watching import nothing_changes
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case
from tests.factories.leads import make_lead
from tests.factories.marketing import give_address, make_list, make_mailing, make_response
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_invoice, make_order, make_quote
from tests.people import make_user

pytestmark = pytest.mark.django_db

ROUNDS = 8


class World:
    """Random records of several people, and what one of these may do with them."""

    def __init__(self, seed, people, as_actor):
        self.random = random.Random(seed)
        self.people, self.as_actor = people, as_actor

    def somebody(self):
        return self.random.choice(self.people)

    def maybe(self, value):
        return self.random.choice([None, value])

    def account(self):
        return make_account(self.somebody(), name=f"Firm {self.random.randrange(99)}")

    def contact(self, **values):
        return make_contact(self.somebody(), **values)

    def deal(self):
        return make_opportunity(
            self.somebody(), account=self.maybe(self.account()), contact=self.maybe(self.contact())
        )

    def lead(self):
        return make_lead(
            self.somebody(),
            email=f"{uuid.UUID(int=self.random.getrandbits(128)).hex[:8]}@x.example",
            need=self.random.choice(["", "Two benches"]),
            budget_amount=self.maybe(Decimal(500)),
            campaign=self.maybe(
                Campaign.objects.create(owner=self.somebody(), name="Lab Days", currency_id="EUR")
            ),
        )

    def step(self, make):
        choice = self.random.randrange(3)
        if choice == 0:
            return Step.use(make().pk)
        return Step.create() if choice == 1 else Step.skip()

    def quote(self):
        return make_quote(self.somebody(), line(), opportunity=self.maybe(self.deal()))

    def case(self):
        case = make_case(self.somebody(), account=self.account())
        if self.random.random() < 0.5:
            log_activity(
                actor=self.as_actor(self.people[0]),
                regarding=case,
                values={"kind": "task", "subject": "Call back"},
            )
        return case

    # Each gives a service and its arguments.

    def do_qualify(self):
        plan = Plan(
            account=self.step(self.account),
            contact=self.step(self.contact),
            opportunity=self.step(self.deal),
        )
        return qualify_lead, {"lead_id": self.lead().pk, "version": None, "plan": plan}

    def do_disqualify(self):
        return disqualify_lead, {"record_id": self.lead().pk, "reason": "lost"}

    def do_win(self):
        return win_opportunity, {"record_id": self.deal().pk}

    def do_lose(self):
        deal = self.deal()
        if self.random.random() < 0.5:
            make_quote(self.somebody(), line(), opportunity=deal)
        return lose_opportunity, {"record_id": deal.pk, "reason": "canceled"}

    def do_quote(self):
        return create_quote_from_opportunity, {"record_id": self.deal().pk}

    def do_activate(self):
        return activate_quote, {"record_id": self.quote().pk}

    def do_close_quote(self):
        return close_quote, {"record_id": self.quote().pk, "reason": "lost"}

    def do_order(self):
        quote = self.quote()
        if self.random.random() < 0.7:
            activate_quote(actor=self.as_actor(self.people[0]), record_id=quote.pk)
        return create_order_from_quote, {"record_id": quote.pk}

    def do_fulfil(self):
        return fulfil_order, {"record_id": make_order(self.somebody(), line()).pk}

    def do_cancel_order(self):
        return cancel_order, {"record_id": make_order(self.somebody(), line()).pk}

    def do_bill(self):
        order = make_order(self.somebody(), line())
        return create_invoice_from_order, {"record_id": order.pk}

    def do_post(self):
        return post_invoice, {"record_id": make_invoice(self.somebody(), line()).pk}

    def do_pay(self):
        invoice = make_invoice(self.somebody(), line())
        if self.random.random() < 0.7:
            post_invoice(actor=self.as_actor(self.people[0]), record_id=invoice.pk)
        return record_payment, {"record_id": invoice.pk, "amount": Decimal(50)}

    def do_resolve(self):
        answers = {"reason": "solved", "resolution": "Done"}
        confirmed = {"cancel_open": self.random.random() < 0.5}
        return resolve_case, {"record_id": self.case().pk, **answers, **confirmed}

    def do_cancel_case(self):
        return cancel_case, {"record_id": self.case().pk}

    def do_convert(self):
        return convert_response, {"record_id": make_response(self.somebody()).pk}

    def _rows(self):
        ids = [self.account().pk for _number in range(4)]
        return {"record_type": registry.get("account"), "ids": ids}

    def do_bulk(self):
        return bulk_update_records, {**self._rows(), "values": {"city": "Oslo"}}

    def do_assign(self):
        return assign_records, {**self._rows(), "owner_id": self.somebody().pk}

    def do_delete(self):
        return delete_records, self._rows()


DEEDS = sorted(name for name in vars(World) if name.startswith("do_"))


def happened(actor, operation_id):
    """(type, title or key) -> kind and fields, of what the actor may see, from the raw history."""
    kinds, fields = {}, {}
    for change in FieldChange.objects.filter(operation=operation_id).order_by("pk"):
        key = (change.record_type, change.record_id)
        columns = {one.column: one for one in models()[change.record_type]._meta.concrete_fields}
        kinds.setdefault(key, set()).add(kind_of(change, frozenset(change.changes)))
        for column, (old, new) in change.changes.items():
            if not labels.has_name(columns[column]) or columns[column].generated:
                continue
            if change.event == FieldChange.Event.UPDATE:
                first = fields.setdefault(key, {}).get(columns[column].name, (old, new))[0]
                fields[key][columns[column].name] = (first, new)
    done = {}
    for (type_key, record_id), found in kinds.items():
        record = models()[type_key].objects.reachable_by(actor).filter(pk=record_id).first()
        if record is None:
            continue
        if ChangeKind.CREATED in found:
            done[type_key, str(record)] = ("created", frozenset())
        else:
            names = {name for name, (old, new) in fields[type_key, record_id].items() if old != new}
            kind = "deleted" if ChangeKind.DELETED in found else "changed"
            done[type_key, record_id] = (kind, frozenset(names - QUIET))
    return done


QUIET = frozenset(
    {"id", "unit", "version", "modified_at", "modified_by", "deleted_at", "search_text"}
    | {"happened_at"}
)


def foreseen(consequences):
    return {
        (
            effect.record_type.key,
            effect.title if effect.kind is ChangeKind.CREATED else effect.record.pk,
        ): (str(effect.kind), frozenset(one.name for one in effect.fields))
        for effect in consequences.effects
    }


@pytest.fixture
def people(company, owner, teammate, stranger, agent, manager):
    chief = make_user("chief", company, is_superuser=True, is_staff=True)
    return [chief, owner, teammate, stranger, agent, manager]


@pytest.mark.parametrize("name", DEEDS)
def test_what_is_foreseen_happens(name, people, as_actor):
    outcomes = set()
    for seed in range(ROUNDS):
        world = World(seed, people, as_actor)
        service, values = getattr(world, name)()
        actor = as_actor(people[0] if seed == 0 else world.somebody())
        with nothing_changes():
            result, consequences = rehearse(actor=actor, service=service, **values)
        operation_id, refusal = uuid.uuid4(), None
        try:
            with operation_called(operation_id):
                done = service(actor=actor, **values)
        except CrmError as error:
            refusal = error
        assert (type(consequences.refusal), str(consequences.refusal)) == (
            type(refusal),
            str(refusal),
        )
        outcomes.add("refused" if refusal else "done")
        if refusal:
            continue
        assert foreseen(consequences) == happened(actor, operation_id)
        if isinstance(values.get("ids"), list):
            assert result == done
        untouched = {(one.record.type_key(), one.record.pk) for one in consequences.left_alone}
        assert not untouched & {
            (change.record_type, change.record_id)
            for change in FieldChange.objects.filter(operation=operation_id)
        }
    assert "done" in outcomes


def test_a_rehearsal_takes_no_number(people, as_actor):
    order = make_order(people[0], line())
    quotes = [make_quote(people[0], line()).number for _number in range(2)]
    actor = as_actor(people[0])
    deal = make_opportunity(people[0], account=make_account(people[0]))
    for _number in range(3):
        _result, consequences = rehearse(
            actor=actor, service=create_quote_from_opportunity, record_id=deal.pk
        )
    made = create_quote_from_opportunity(actor=actor, record_id=deal.pk)
    assert int(made.number.split("-")[1]) == int(quotes[1].split("-")[1]) + 1
    assert consequences.of(ChangeKind.CREATED, "quote").record.number == made.number
    assert order.number


def test_a_refusal_is_told_instead_of_consequences(people, as_actor):
    deal = make_opportunity(people[0])
    _result, consequences = rehearse(
        actor=as_actor(people[0]), service=win_opportunity, record_id=deal.pk
    )
    assert isinstance(consequences.refusal, RuleViolation)
    assert consequences.effects == ()


def test_who_may_not_see_a_record_hears_of_it_without_its_name(people, as_actor):
    chief, owner = people[:2]
    theirs = make_account(chief, name="Secret Holding")
    deal = make_opportunity(owner, name="Bench", account=theirs)
    _result, consequences = rehearse(
        actor=as_actor(owner), service=lose_opportunity, record_id=deal.pk, reason="canceled"
    )
    assert "Secret" not in str(consequences)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_what_a_merge_says_it_brings_along_moves(seed, people, as_actor):
    world, actor = World(seed, people, as_actor), as_actor(people[1])
    record_type = registry.get("account")
    firms = [make_account(people[1], name=f"Firm {number}") for number in range(3)]
    for _number in range(8):
        make_contact(world.somebody(), account=world.random.choice(firms))
        make_opportunity(world.somebody(), account=world.random.choice(firms))
    for firm in firms[1:]:
        firm.parent = firms[0]
        firm.save()
    log_activity(
        actor=as_actor(people[0]), regarding=firms[1], values={"kind": "task", "subject": "Call"}
    )
    said = brought_along(actor, record_type, [firm.pk for firm in firms])
    losers = [firm.pk for firm in firms[1:]]
    boss = as_actor(people[0])
    survivor = firms[0].pk
    merge_records(actor=boss, record_type=record_type, survivor_id=survivor, loser_ids=losers)
    for loser in losers:
        brought = MergedRecord.objects.get(record_type="account", record_id=loser).brought
        told = {}
        for label, ids in brought.items():
            model = apps.get_model(label.rpartition(".")[0])
            if not issubclass(model, Record):
                continue
            seen = model.objects.filter(pk__in=ids)
            if model is not Activity:
                seen = model.objects.visible_to(actor).filter(pk__in=ids)
            told[model.type_key()] = told.get(model.type_key(), 0) + seen.count()
        texts = {
            labels.with_names(
                "%(count)s %(type)s" if n == 1 else "%(count)s %(types)s", key, count=n
            )
            for key, n in told.items()
            if n
        }
        assert set(said[loser]) == texts


def test_a_launch_reaches_whom_the_review_counts(marketer, as_actor):
    members = [make_contact(marketer, email=f"p{n}@x.example") for n in range(5)]
    members += [make_contact(marketer, email=""), make_contact(marketer, email="p0@x.example")]
    give_address()
    mailing = make_mailing(marketer, make_list(marketer, *members))
    actor = as_actor(marketer)
    audience = count_audience(actor, mailing)
    launch_mailing(actor=actor, record_id=mailing.pk, version=None, site_url="https://crm.example")
    states = Counter(Recipient.objects.values_list("state", "reason"))
    assert states.pop(("pending", "")) == audience.reached == 5
    assert {reason: count for (_state, reason), count in states.items()} == audience.left_out
    assert audience.left_out


def test_an_import_does_with_every_row_what_its_check_says(owner, as_actor):
    actor = as_actor(owner)
    make_account(owner, name="Firm 1", city="Lyon")
    lines = ["name,city,employees"]
    lines += [f"Firm {n},Oslo,{12 if n % 3 else 'many'}" for n in (*range(7), 1, 2)]
    content = "\n".join(lines).encode()
    job = stage_file(
        actor=actor,
        target_key="account",
        file_name="firms.csv",
        file=io.BytesIO(content),
        size=len(content),
    )
    check_rows(actor=actor, job_id=job.pk)
    checked = list(job.rows.order_by("line").values_list("verdict", "problems"))
    run_import(actor=actor, job_id=job.pk)
    assert list(job.rows.order_by("line").values_list("verdict", "problems")) == checked
    assert len({verdict for verdict, _problems in checked}) > 2
