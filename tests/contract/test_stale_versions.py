"""Whoever decides on a record as it was is told that it changed, and nothing is written.

Over every verb of every type, as its page posts it: what is declared tomorrow is tested tomorrow.
"""

import inspect

import pytest
from django.utils.module_loading import import_string

from crm.models import User
from crm.records.editing import editable_columns
from crm.records.services import update_record
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.filling import sent_as
from tests.contract.verbs import filled_dialog, offered_record, posted_by
from tests.contract.watching import nothing_changes
from tests.people import make_user

pytestmark = pytest.mark.django_db

TYPES = list(registry)
BOARDS = [record_type for record_type in TYPES if record_type.board]
VERBS = [
    pytest.param(record_type, action, id=f"{record_type.key}-{action.key}")
    for record_type in TYPES
    for action in record_type.actions
    if action.service
]
# These set one field and merge as a form does: only that field changed twice is a conflict.
MERGING = {
    "opportunities.services.move_stage": {"stage": "propose"},
    "cases.services.set_case_reason": {"reason": "waiting"},
    "cases.services.move_case_stage": {"stage": "research"},
}
# Their own rule forbids them once the record was changed.
REFUSED_AFTER_A_CHANGE = {("lead", "undo-qualification")}
# Each call makes one more record and leaves this one as it is: two tabs, two wishes. The same form
# sent twice still makes one, where it carries a `request_key`.
MAKES_ANOTHER = {("opportunity", "quote"), ("contract", "copy")}
every_verb = pytest.mark.parametrize(("record_type", "action"), VERBS)
every_type = pytest.mark.parametrize(
    "record_type", [pytest.param(one, id=one.key) for one in TYPES]
)


@pytest.fixture
def boss(company):
    """Somebody who may do everything, so that only the version can be in the way."""
    return make_user("chief", company, is_superuser=True, is_staff=True)


def changed_meanwhile(record, **values):
    """The version a reader saw before somebody else saved the record."""
    seen = record.version
    changes = values or {"external_id": f"changed-{record.pk}"}
    type(record)._base_manager.filter(pk=record.pk).update(**changes)
    record.refresh_from_db()
    assert record.version > seen
    return seen


@every_verb
def test_every_verb_declares_the_version(record_type, action):
    assert "version" in inspect.signature(import_string(action.service)).parameters


@every_verb
def test_every_verb_answers_a_stale_version_with_what_changed_and_a_way_on(
    record_type, action, boss, as_actor, sign_in
):
    actor, client = as_actor(boss), sign_in(boss)
    record = offered_record(record_type, action, boss, actor)
    data = filled_dialog(action, actor, record)
    seen = changed_meanwhile(record, **MERGING.get(action.service, {}))
    address = f"/{record_type.slug}/{record.pk}/{action.key}/"
    posted = {**data, "version": seen, "next": "/activities/"}

    with nothing_changes():
        refused = client.post(address, posted)
        panel = client.post(f"{address}?panel=1", posted, headers={"hx-request": "true"})
        fragment = client.post(address, posted, headers={"hx-request": "true"})
        User.objects.filter(pk=boss.pk).update(language="fr")
        french = client.post(address, posted)
        User.objects.filter(pk=boss.pk).update(language="en")

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "This was changed meanwhile" in page
    assert panel.status_code == 409
    assert "This was changed meanwhile" in panel.content.decode()
    assert "<html" not in panel.content.decode()
    assert (fragment.status_code, fragment["HX-Retarget"]) == (409, "#main")
    assert french.status_code == 409
    assert "Rien n’a encore été fait" in french.content.decode()
    again = posted_by(page, address)
    assert again["version"] == [str(record.version)]
    assert again["next"] == ["/activities/"]
    done = client.post(address, again)
    if (record_type.key, action.key) in REFUSED_AFTER_A_CHANGE:
        assert done.status_code == 422
    else:
        assert (done.status_code, done["Location"]) == (302, "/activities/")


@every_verb
def test_a_second_tab_does_nothing_twice(record_type, action, boss, as_actor, sign_in):
    """It is answered by a conflict, the type's own sentence, or the first one's result."""
    actor, client = as_actor(boss), sign_in(boss)
    record = offered_record(record_type, action, boss, actor)
    one, other = _two_tabs(action, actor, record)
    address = f"/{record_type.slug}/{record.pk}/{action.key}/"
    assert client.post(address, {**one, "version": record.version}).status_code == 302
    if (record_type.key, action.key) in MAKES_ANOTHER:
        return
    with nothing_changes():
        second = client.post(address, {**other, "version": record.version})
    assert second.status_code in (302, 409, 422)


def _two_tabs(action, actor, record):
    """The same answers twice; what a dialog made for one time only is each tab's own."""
    one, other = (filled_dialog(action, actor, record) for _tab in range(2))
    return one, one | {name: other[name] for name in one if name == "request_key"}


@pytest.mark.parametrize("record_type", [pytest.param(one, id=one.key) for one in BOARDS])
def test_a_card_that_somebody_else_moved_stays_until_one_says_so(record_type, boss, sign_in):
    board = record_type.board
    values = [column.value for column in board.lanes()]
    first, second = values[:2]
    third = values[2] if values[2:] else first
    record = make_record(record_type.model, boss, **{board.field: first})
    seen = changed_meanwhile(record, **{board.field: second})
    client, address = sign_in(boss), f"/{record_type.slug}/{record.pk}/move/"
    with nothing_changes():
        answer = client.post(address, {"value": third, "version": seen, "query": "sort=name"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This was changed meanwhile" in page
    assert posted_by(page, address) == {
        "version": [str(record.version)],
        "value": [third],
        "query": ["sort=name"],
    }


@every_type
@pytest.mark.parametrize("verb", ["assign", "delete"])
def test_a_record_that_changed_is_neither_given_away_nor_deleted(record_type, verb, boss, sign_in):
    receiver = make_user("receiver", boss.unit)
    record = make_record(record_type.model, boss)
    seen = changed_meanwhile(record)
    client, address = sign_in(boss), f"/{record_type.slug}/{record.pk}/{verb}/"
    with nothing_changes():
        answer = client.post(address, {"owner": receiver.pk, "version": seen})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This was changed meanwhile" in page
    again = posted_by(page, address)
    assert again["version"] == [str(record.version)]
    assert client.post(address, again | {"owner": receiver.pk}).status_code == 302


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
