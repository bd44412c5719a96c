"""Whoever decides on a record as it was is told that it changed, and nothing is written."""

import inspect

import pytest
from django.utils.module_loading import import_string

from crm.errors import CrmError, StaleVersion
from crm.records.editing import editable_columns
from crm.records.services import update_record
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.filling import sent_as
from tests.contract.watching import nothing_changes
from tests.factories.accounts import make_contact
from tests.people import make_user

pytestmark = pytest.mark.django_db

TYPES = list(registry)
# Moving a card merges with changes of other fields, as a form does; it has a test of its own.
BOARDS = [record_type for record_type in TYPES if record_type.board]
MOVES = {record_type.board.move for record_type in BOARDS}
ACTIONS = [
    pytest.param(record_type, action, id=f"{record_type.key}-{action.key}")
    for record_type in TYPES
    for action in record_type.actions
    if action.service and action.service not in MOVES
]
every_type = pytest.mark.parametrize(
    "record_type", [pytest.param(one, id=one.key) for one in TYPES]
)


@pytest.fixture
def boss(company):
    """Somebody who may do everything, so that only the version can be in the way."""
    return make_user("chief", company, is_superuser=True, is_staff=True)


def changed_meanwhile(record):
    """The version a reader saw before somebody else saved the record."""
    seen = record.version
    type(record)._base_manager.filter(pk=record.pk).update(external_id=f"changed-{record.pk}")
    record.refresh_from_db()
    assert record.version > seen
    return seen


def required(service, owner):
    """A value for every argument a service can't do without: the version is looked at first."""
    given = {"actor", "record_id", "version"}
    return {
        name: make_contact(owner) if name == "member" else None
        for name, parameter in inspect.signature(service).parameters.items()
        if name not in given and parameter.default is inspect.Parameter.empty
    }


@pytest.mark.parametrize(("record_type", "action"), ACTIONS)
def test_every_verb_refuses_a_stale_version_and_writes_nothing(record_type, action, boss, as_actor):
    actor = as_actor(boss)
    record = make_record(record_type.model, boss)
    seen = changed_meanwhile(record)
    service = import_string(action.service)
    assert "version" in inspect.signature(service).parameters, "a verb must know what was seen"
    is_offered = action.is_offered(record) or action.works_on_many
    values = required(service, boss)
    outcome: type[Exception] | None = None
    with nothing_changes():
        try:
            service(actor=actor, record_id=record.pk, version=seen, **values)
        except CrmError as error:
            outcome = type(error)
    # The type's own rule, or the result of the first call, answers only where nothing is offered.
    assert outcome is StaleVersion or not is_offered


ONE_CLICK = [
    pytest.param(record_type, action, id=f"{record_type.key}-{action.key}")
    for record_type in TYPES
    for action in record_type.actions
    if action.service and not action.form and not action.works_on_many
]


@pytest.mark.parametrize(("record_type", "action"), ONE_CLICK)
def test_every_button_shows_what_changed_and_offers_to_go_on(
    record_type, action, boss, as_actor, sign_in
):
    record = make_record(record_type.model, boss)
    if not action.is_offered(record):
        return
    seen = changed_meanwhile(record)
    client = sign_in(boss)
    with nothing_changes():
        answer = client.post(f"/{record_type.slug}/{record.pk}/{action.key}/", {"version": seen})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "This was changed meanwhile" in page
    assert f'name="version" value="{record.version}"' in page


@every_type
def test_a_cell_changed_by_two_people_is_a_conflict(record_type, boss, as_actor, sign_in):
    client, tried = sign_in(boss), 0
    for name in editable_columns(record_type):
        field = record_type.model._meta.get_field(name)
        if field.get_internal_type() not in ("CharField", "TextField") or field.choices:
            continue
        record = make_record(record_type.model, boss)
        seen = record.version
        if getattr(record_type.rules, "lock", None) and record_type.rules.lock(record):
            continue
        type(record)._base_manager.filter(pk=record.pk).update(**{name: "Theirs"})
        with nothing_changes():
            answer = client.post(
                f"/{record_type.slug}/{record.pk}/cell/{name}/", {name: "Mine", "version": seen}
            )
        assert answer.status_code in (409, 422), name
        tried += answer.status_code == 409
        if tried:
            break


@pytest.mark.parametrize("record_type", [pytest.param(one, id=one.key) for one in BOARDS])
def test_a_card_that_somebody_else_moved_stays_where_they_put_it(record_type, boss, sign_in):
    board = record_type.board
    values = [column.value for column in board.lanes()]
    first, second = values[:2]
    third = values[2] if values[2:] else first
    record = make_record(record_type.model, boss, **{board.field: first})
    seen = record.version
    type(record)._base_manager.filter(pk=record.pk).update(**{board.field: second})
    client = sign_in(boss)
    with nothing_changes():
        answer = client.post(
            f"/{record_type.slug}/{record.pk}/move/", {"value": third, "version": seen}, follow=True
        )
    assert "Somebody else" in answer.content.decode()


BULK = [
    pytest.param(record_type, verb, id=f"{record_type.key}-{verb}")
    for record_type in TYPES
    if record_type.has(Feature.BULK)
    for verb in ("assign", "delete")
]


@pytest.mark.parametrize(("record_type", "verb"), BULK)
def test_a_ticked_row_that_changed_meanwhile_is_left_alone_and_named(
    record_type, verb, boss, as_actor, sign_in
):
    other = make_user("receiver", boss.unit)
    record = make_record(record_type.model, boss)
    seen = changed_meanwhile(record)
    client = sign_in(boss)
    data = {"ids": f"{record.pk}.{seen}", "do": "1", "owner": other.pk}
    with nothing_changes():
        answer = client.post(f"/{record_type.slug}/bulk/{verb}/", data)
    assert answer.status_code == 422
    assert "Somebody else changed this meanwhile." in answer.content.decode()


@every_type
def test_a_form_over_the_same_field_is_a_conflict(record_type, boss, as_actor, sign_in):
    actor = as_actor(boss)
    record = make_record(record_type.model, boss)
    values = sent_as(record_type, actor, record)
    title = record_type.title
    if title not in values:
        return
    seen = record.version
    update_record(
        actor=actor,
        record_type=record_type,
        record_id=record.pk,
        version=None,
        values={title: "Theirs"},
    )
    client = sign_in(boss)
    with nothing_changes():
        answer = client.post(
            f"/{record_type.slug}/{record.pk}/edit/", {**values, title: "Mine", "version": seen}
        )
    assert answer.status_code == 409
