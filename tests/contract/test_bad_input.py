"""Whatever is typed into a form: a refusal beside the field, nothing lost, nothing changed."""

from urllib.parse import quote_from_bytes

import pytest
from django import forms
from django.db import transaction
from django.utils.html import escape
from django.utils.module_loading import import_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.records.lists.lookups import RecordChoiceField
from crm.registry.links import record_url
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.filling import form_for, sent, sent_as
from tests.contract.watching import nothing_changes

pytestmark = pytest.mark.django_db

TYPES = list(registry)
every_type = pytest.mark.parametrize(
    "record_type", [pytest.param(one, id=one.key) for one in TYPES]
)

UNREADABLE = "§ what is this"
TYPED = (forms.TextInput, forms.Textarea, forms.DateInput, forms.DateTimeInput)


def fields_of(record_type, actor, record=None):
    return form_for(record_type, actor, record).fields


def complaints(response):
    return (
        response.context["form"].errors if response.context and "form" in response.context else {}
    )


def is_beside(page, response):
    """Every message has a place beside its field, or stands above the form."""
    form = response.context["form"]
    for name in form.errors:
        if name != "__all__":
            assert f'id="id_{name}_error"' in page or f"{name}_error" in page, name
    return bool(form.errors)


@every_type
def test_a_form_of_nonsense_comes_back_as_it_was_typed(record_type, admin, sign_in, as_actor):
    fields = fields_of(record_type, as_actor(admin))
    typed = {name: f"{UNREADABLE} {name}" for name in fields}
    client = sign_in(admin)
    with nothing_changes():
        response = client.post(f"/{record_type.slug}/new/", typed)
    assert response.status_code == 422
    page = response.content.decode()
    assert is_beside(page, response)
    lost = {
        name
        for name, field in fields.items()
        if isinstance(field.widget, TYPED)
        and not isinstance(field, RecordChoiceField)
        and not field.disabled
        and escape(typed[name]) not in page
    }
    assert lost == set()


@every_type
def test_an_empty_form_says_what_is_needed(record_type, admin, sign_in):
    client = sign_in(admin)
    with nothing_changes():
        response = client.post(f"/{record_type.slug}/new/", {})
    assert response.status_code == 422
    assert is_beside(response.content.decode(), response)


WRONG = {
    "too long": b"x" * 40_000,
    "zero bytes": b"a\0b",
    "broken UTF-8": b"\xff\xfe\xed\xa0\x80",
    "a huge number": b"9" * 400,
    "an exponent": b"1e999999",
    "nobody's id": b"999999999999999999",
    "an id out of range": b"9" * 30,
}


@every_type
def test_values_no_column_holds_change_nothing(record_type, admin, sign_in, as_actor):
    record = make_record(record_type.model, admin)
    names = [*fields_of(record_type, as_actor(admin), record), "version"]
    client = sign_in(admin)
    with nothing_changes():
        answers = {called: send(client, record, names, value) for called, value in WRONG.items()}
    for called, response in answers.items():
        assert response.status_code in (302, 409, 422), (called, response.status_code)
        if response.status_code == 302:
            assert response["Location"] == f"/{record_type.slug}/{record.pk}/"


def send(client, record, names, value):
    return client.post(
        f"{record_url(record)}edit/",
        "&".join(f"{name}={quote_from_bytes(value)}" for name in names),
        content_type="application/x-www-form-urlencoded",
    )


NASTY = (
    *("", " ", "-1", "0", "1.5", "1e5", "1e999", "NaN", "Infinity", "9" * 19, "9" * 400),
    *("2026-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "2026-03-29T02:30", "24:00"),
    *(
        "a\0b",
        "�",
        "٣",
        "²",
        "x" * 300,
        "x" * 5000,
        "<b>",
        "on",
        "true",
        "None",
        "null",
        "[]",
        "{}",
    ),
    *("javascript:alert(1)", "http://", "a@b", "@", "\r\nBcc: x@y.example", "'", '"', "\\"),
)


def bounded(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.fixture
def standing(admin, as_actor):
    """A record of every type with what its form would send."""
    actor, made = as_actor(admin), {}
    for record_type in TYPES:
        record = make_record(record_type.model, admin)
        made[record_type.key] = (record, sent_as(record_type, actor, record))
    return made


@st.composite
def slips(draw):
    """A form on which one or two fields went wrong."""
    record_type = draw(st.sampled_from(TYPES))
    names = sorted(import_string(record_type.form).base_fields)
    picked = draw(st.lists(st.sampled_from([*names, "version"]), min_size=1, max_size=2))
    wrong = {name: draw(st.sampled_from(NASTY)) for name in picked}
    return record_type, wrong, draw(st.booleans())


@bounded(45)
@given(slip=slips())
def test_one_wrong_value_among_good_ones_is_saved_or_refused(slip, admin, sign_in, standing):
    record_type, wrong, is_new = slip
    record, values = standing[record_type.key]
    address = f"/{record_type.slug}/new/" if is_new else f"/{record_type.slug}/{record.pk}/edit/"
    posted = {"version": record.version, "save_anyway": "1", **values, **wrong}
    client = sign_in(admin)
    with transaction.atomic():
        response = client.post(address, posted)
        transaction.set_rollback(True)
    assert response.status_code in (302, 409, 422), (address, wrong)
    if response.status_code == 422:
        assert is_beside(response.content.decode(), response), (address, wrong)


VERBS = [(one, action) for one in TYPES for action in one.actions if not action.works_on_many]


@st.composite
def dialogs(draw):
    record_type, action = draw(st.sampled_from(VERBS))
    names = sorted(import_string(action.form).base_fields) if action.form else ["value"]
    extra = ["version", "do", "row", "product", "pasted", "recipient", "verdict", "extent", "next"]
    picked = draw(st.lists(st.sampled_from([*names, *extra]), max_size=4))
    return record_type, action.key, {name: draw(st.sampled_from(NASTY)) for name in picked}


@bounded(45)
@given(asked=dialogs())
def test_dialogs_take_or_refuse_whatever_is_typed(asked, admin, sign_in, standing):
    record_type, action, typed = asked
    record, _values = standing[record_type.key]
    client = sign_in(admin)
    with transaction.atomic():
        response = client.post(f"/{record_type.slug}/{record.pk}/{action}/", typed)
        transaction.set_rollback(True)
    assert response.status_code in (200, 302, 404, 405, 409, 422), (record_type.key, action, typed)


SMALL_FORMS = {
    "compose/": ("kind", "subject", "body", "due_at", "end_at", "minutes", "recipients"),
    "share/": ("principal", "privileges", "stop"),
    "assign/": ("owner",),
    "restore/": ("change", "field"),
    "move/": ("value", "version"),
    "files/": ("file",),
}
KINDS = ("note", "task", "call", "email", "appointment")


@st.composite
def small_forms(draw):
    record_type = draw(st.sampled_from(TYPES))
    part = draw(st.sampled_from(sorted(SMALL_FORMS)))
    typed = {name: draw(st.sampled_from(NASTY)) for name in SMALL_FORMS[part]}
    if part == "compose/":
        typed["kind"] = draw(st.sampled_from([*KINDS, "nonsense"]))
    return record_type, part, typed


@bounded(40)
@given(asked=small_forms())
def test_the_small_forms_of_a_page_take_or_refuse_whatever_is_typed(
    asked, admin, sign_in, standing
):
    record_type, part, typed = asked
    record, _values = standing[record_type.key]
    client = sign_in(admin)
    with transaction.atomic():
        response = client.post(f"/{record_type.slug}/{record.pk}/{part}", typed)
        transaction.set_rollback(True)
    assert response.status_code in (200, 302, 404, 409, 422), (record_type.key, part, typed)


@every_type
def test_a_stale_form_never_overwrites(record_type, owner, admin, sign_in, as_actor):
    """A version from the past conflicts with what was changed since; nonsense counts as none."""
    record = make_record(record_type.model, admin)
    values = sent(form_for(record_type, as_actor(admin), record))
    text = next(
        (
            name
            for name, field in fields_of(record_type, as_actor(admin), record).items()
            if type(field) is forms.CharField and not field.disabled and name in values
        ),
        None,
    )
    if text is None:
        pytest.skip("the form has no text of its own")
    client, address = sign_in(admin), f"/{record_type.slug}/{record.pk}/edit/"
    seen = record.version
    first = client.post(address, {**values, "version": seen, text: "Theirs first"})
    if first.status_code == 422:
        pytest.skip("a rule wants more than what the model requires")
    with nothing_changes():
        second = client.post(address, {**values, "version": seen, text: "Mine later"})
    assert second.status_code == 409
    page = second.content.decode()
    assert "Theirs first" in page
    assert "Mine later" in page
