"""Whatever offers Undo gives every row back, also those that no field history covers."""

import datetime

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from cases import services as cases
from crm.activities.files import attach_file
from crm.activities.services import log_activity
from crm.models import Record
from crm.models.levels import Privilege
from crm.records.history.undo import undo_operation
from crm.records.running import run
from crm.records.services import (
    assign_records,
    bulk_update_records,
    create_record,
    delete_records,
    restore_records,
    share_record,
    update_record,
)
from crm.registry.registry import registry
from crm.settings.apps import ROOMS
from leads.services import disqualify_lead
from marketing import services as marketing
from opportunities import services as opportunities
from service import services as contracts
from tests.factories.accounts import make_account, make_contact
from tests.factories.cases import make_case, make_queue
from tests.factories.leads import make_lead
from tests.factories.marketing import make_campaign, make_list
from tests.factories.opportunities import make_competitor, make_opportunity
from tests.factories.sales_docs import line, make_price_list, make_quote, put_lines
from tests.factories.service import make_contract, make_line

# What tells of the deed and of its undoing.
TELLING = {
    "crm_accessversion",
    "crm_fieldchange",
    "crm_journalentry",
    "crm_stamp",
    "crm_recentrecord",
}
APPS = set(ROOMS)
# What changes with every save, or when a row without history is written anew.
MOVING = ["version", "modified_at", "modified_by_id", "lines_version", "added_at", "added_by_id"]


def everything():
    """Table -> its rows as text, without those of records in the bin; in one query."""
    parts = [
        part_of(model)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS and model._meta.db_table not in TELLING
    ]
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        for table, row in cursor.fetchall():
            found.setdefault(table, []).append(row)
    return {table: sorted(rows) for table, rows in found.items()}


def part_of(model):
    table, is_record = model._meta.db_table, issubclass(model, Record)
    dropped = ", ".join(f"'{name}'" for name in (*MOVING, *([] if is_record else ["id"])))
    where = " WHERE deleted_at IS NULL" if is_record else ""
    rows = f"(to_jsonb(t) - ARRAY[{dropped}])::text FROM {table} t{where}"
    return f"SELECT '{table}', {rows}"


def bulk(key, record, **values):
    return bulk_update_records, {
        "record_type": registry.get(key),
        "ids": [record.pk],
        "values": values,
    }


def edit(record, **values):
    return update_record, {
        "record_type": registry.of(record),
        "record_id": record.pk,
        "version": None,
        "values": values,
    }


def on(service, record, **values):
    return service, {"record_id": record.pk, **values}


def creating(people):
    values = {"name": "Nordfjord"}
    return create_record, {"record_type": registry.get("account"), "values": values}


def creating_a_case_in_a_queue(people):
    values = {"title": "Pump", "account": make_account(people.agent), "queue": a_queue(people)}
    return cases.create_case, {"record_type": registry.get("case"), "values": values}


def a_queue(people):
    return make_queue(people.agent, people.agent)


def editing(people):
    return edit(make_account(people.owner, city="Bergen"), city="Oslo")


def editing_in_bulk(people):
    return bulk("account", make_account(people.owner), country="NO")


def assigning(people):
    account = make_account(people.owner)
    return assign_records, {
        "record_type": registry.get("account"),
        "ids": [account.pk],
        "owner_id": people.stranger.pk,
    }


def binning(people):
    ids = [make_account(people.owner).pk]
    return delete_records, {"record_type": registry.get("account"), "ids": ids}


def restoring(people):
    account = make_account(people.owner)
    given = {"record_type": registry.get("account"), "ids": [account.pk]}
    delete_records(actor=people.actor, **given)
    return restore_records, given


def sharing(people):
    return share_record, {
        "record_type": registry.get("account"),
        "record_id": make_account(people.owner).pk,
        "principal_id": people.stranger.pk,
        "privileges": [Privilege.READ],
    }


def writing_a_note(people):
    values = {"kind": "note", "body": "Met them"}
    return log_activity, {"regarding": make_account(people.owner), "values": values}


def naming_a_rival(people):
    rival = make_competitor(people.owner)
    return on(opportunities.add_competitor, make_opportunity(people.owner), competitor=rival)


def forgetting_a_rival(people):
    rival, deal = make_competitor(people.owner), make_opportunity(people.owner)
    deal.competitors.add(rival)
    return on(opportunities.remove_competitor, deal, competitor_id=rival.pk)


def moving_a_stage(people):
    deal = make_opportunity(people.owner)
    return on(opportunities.move_stage, deal, version=None, value="develop")


def winning(people):
    account = make_account(people.owner, relationship="prospect")
    return on(opportunities.win_opportunity, make_opportunity(people.owner, account=account))


def losing(people):
    return on(opportunities.lose_opportunity, make_opportunity(people.owner))


def holding_a_deal(people):
    return on(opportunities.hold_opportunity, make_opportunity(people.owner))


def another_price_list_for_a_deal_with_lines(people):
    deal = make_opportunity(people.owner, is_revenue_calculated=True)
    put_lines(people.actor, deal, line())
    return edit(deal, price_list=make_price_list(people.owner))


def writing_lines(people):
    quote = make_quote(people.owner, line(), account=make_account(people.owner))
    return edit(quote, price_list=make_price_list(people.owner))


def disqualifying(people):
    return on(disqualify_lead, make_lead(people.owner), reason="lost")


def queueing(people):
    return on(cases.queue_case, make_case(people.agent), queue=a_queue(people))


def picking(people):
    return on(cases.pick_case, make_case(people.agent, queue=a_queue(people)))


def releasing(people):
    case = make_case(people.agent, queue=a_queue(people))
    cases.pick_case(actor=people.actor, record_id=case.pk)
    return on(cases.release_case, case)


def unqueueing(people):
    return on(cases.unqueue_case, make_case(people.agent, queue=a_queue(people)))


def resolving(people):
    return on(cases.resolve_case, make_case(people.agent, queue=a_queue(people)))


def canceling_a_case(people):
    return on(cases.cancel_case, make_case(people.agent, queue=a_queue(people)))


def escalating(people):
    return on(cases.escalate_case, make_case(people.agent))


def moving_the_days_of_a_contract(people):
    contract = make_contract(people.agent)
    make_line(contract)
    return edit(contract, starts_on=datetime.date(2026, 2, 1), ends_on=datetime.date(2026, 11, 30))


def writing_a_contract_line(people):
    contract = make_contract(people.agent)
    return on(contracts.save_contract_line, contract, title="Visits", total=3)


def copying_a_contract(people):
    contract = make_contract(people.agent)
    return on(contracts.copy_contract, contract)


def covering_a_case(people):
    case = make_case(people.agent)
    contract = make_contract(people.agent, account=case.account, state="active")
    return on(contracts.cover_case, case, line=make_line(contract).pk)


def listing_members(people):
    found = make_list(people.marketer)
    ids = [make_contact(people.marketer).pk]
    given = {"list_id": found.pk, "member_type": "contact", "member_ids": ids}
    return marketing.add_members, given


def striking_members(people):
    contact = make_contact(people.marketer)
    found = make_list(people.marketer, contact)
    return marketing.remove_members, {"list_id": found.pk, "member_ids": [contact.pk]}


def locking_a_list(people):
    return on(marketing.lock_list, make_list(people.marketer))


def adding_a_list(people):
    campaign = make_campaign(people.marketer)
    given = make_list(people.marketer, make_contact(people.marketer))
    return on(marketing.add_list, campaign, marketing_list=given)


class People:
    """The standing people, and the one who acts: `act_as` says who that is."""

    def __init__(self, as_actor, **users):
        self.__dict__ |= users
        self._as_actor = as_actor

    def act_as(self, name):
        self.actor = self._as_actor(getattr(self, name))


SALES = [
    *(creating, editing, editing_in_bulk, assigning, binning, restoring, sharing, writing_a_note),
    *(naming_a_rival, forgetting_a_rival, moving_a_stage, winning, losing, holding_a_deal),
    *(another_price_list_for_a_deal_with_lines, writing_lines, disqualifying),
]
SERVICE = [
    *(creating_a_case_in_a_queue, queueing, picking, releasing, unqueueing, resolving),
    *(canceling_a_case, escalating, moving_the_days_of_a_contract, writing_a_contract_line),
    *(copying_a_contract, covering_a_case),
]
MARKETING = [listing_members, striking_members, locking_a_list, adding_a_list]
# Deeds that say themselves that they are final, or that leave nothing Undo could read.
WITHOUT_UNDO = {
    *(sharing, another_price_list_for_a_deal_with_lines, writing_lines),
    *(writing_a_contract_line, covering_a_case),
}


@pytest.mark.parametrize(
    ("who", "deed"),
    [
        *(("owner", deed) for deed in SALES),
        *(("agent", deed) for deed in SERVICE),
        *(("marketer", deed) for deed in MARKETING),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_what_offers_undo_takes_everything_back(
    who, deed, owner, stranger, agent, marketer, as_actor
):
    people = People(as_actor, owner=owner, stranger=stranger, agent=agent, marketer=marketer)
    people.act_as(who)
    service, values = deed(people)
    before = everything()
    _result, operation_id = run(actor=people.actor, service=service, **values)
    assert everything() != before, "the deed did nothing"
    assert bool(operation_id) == (deed not in WITHOUT_UNDO)
    if operation_id:
        undo_operation(actor=people.actor, operation_id=operation_id)
        assert differences(before, everything()) == {}


def differences(before, after):
    """Table -> rows that are not on both sides."""
    tables = before.keys() | after.keys()
    pairs = {table: set(before.get(table, [])) ^ set(after.get(table, [])) for table in tables}
    return {table: rows for table, rows in pairs.items() if rows}


def test_a_file_added_with_a_note_goes_with_it(owner, as_actor):
    account = make_account(owner)
    upload = SimpleUploadedFile("a.txt", b"words")
    _file, operation_id = run(
        actor=as_actor(owner), service=attach_file, record=account, upload=upload
    )
    undo_operation(actor=as_actor(owner), operation_id=operation_id)
    assert not rows_alive("crm_file")


def rows_alive(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{table}" WHERE deleted_at IS NULL')  # noqa: S608
        return cursor.fetchall()
