"""A request that is refused leaves no trace: no row, no mail, no task, whoever sends it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver

from crm.models import ImportJob
from crm.records.editing import editable_columns
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.filling import sent_as
from tests.contract.oracle import may, may_at_all
from tests.contract.test_routes import address, routes
from tests.contract.watching import nothing_changes
from tests.people import make_user

pytestmark = pytest.mark.django_db

TYPES = list(registry)
every_type = pytest.mark.parametrize(
    "record_type", [pytest.param(one, id=one.key) for one in TYPES]
)


@pytest.fixture
def people(owner, teammate, stranger, agent, marketer, company):
    """Who might try, and somebody without any role; each in a browser of their own."""
    newcomer = make_user("newcomer", company)
    return [(user, signed_in(user)) for user in (teammate, stranger, agent, marketer, newcomer)]


def signed_in(user, **options):
    client = Client(**options)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def may_read(user, record_type):
    return user.username != "newcomer" and may(user, record_type.key, "read")


def may_do(user, record_type, privilege):
    return user.username != "newcomer" and may(user, record_type.key, privilege)


def refusal(user, record_type, privilege):
    """The status of a refusal; None where there is nothing to refuse."""
    if not may_read(user, record_type):
        return 404
    return None if may_do(user, record_type, privilege) else 403


def attempts(record_type, record, values, user):
    """(path, data, privilege) of everything one can try on a record."""
    page = f"/{record_type.slug}/{record.pk}/"
    yield f"{page}edit/", {**values, "version": record.version}, "write"
    for column in editable_columns(record_type):
        yield f"{page}cell/{column}/", {**values, "version": record.version}, "write"
    yield f"{page}delete/", {}, "delete"
    yield f"{page}assign/", {"owner": user.pk}, "assign"
    if record_type.has(Feature.SHARING):
        yield f"{page}share/", {"principal": user.pk, "privileges": "read"}, "share"
    if record_type.has(Feature.TIMELINE):
        yield f"{page}compose/", {"kind": "note", "body": "A trace"}, "append_to"
    yield f"{page}restore/", {"change": "1", "field": "name"}, "write"
    if record_type.has(Feature.MERGE):
        yield f"{page}merge/", {}, "merge"
    for action in record_type.actions:
        if not (action.works_on_many or action.is_get_only):
            yield f"{page}{action.key}/", values, action.privilege.value


@every_type
def test_what_is_refused_on_a_record_leaves_no_trace(record_type, owner, people, as_actor):
    record = make_record(record_type.model, owner)
    values = sent_as(record_type, as_actor(owner), record)
    tried = 0
    with nothing_changes():
        for user, client in people:
            for path, data, privilege in attempts(record_type, record, values, user):
                wanted = refusal(user, record_type, privilege)
                if wanted is None:
                    continue
                status = client.post(path, data).status_code
                # Linking to a record needs a privilege on both: either may be missing.
                allowed = {wanted} | ({422, 403} if privilege == "append_to" else set())
                assert status in allowed, (user.username, path, status)
                tried += 1
    assert tried > 0


@every_type
def test_what_is_refused_on_the_type_leaves_no_trace(record_type, owner, people, as_actor):
    record = make_record(record_type.model, owner)
    values = sent_as(record_type, as_actor(owner), record)
    slug, key = record_type.slug, record_type.key
    with nothing_changes():
        for user, client in people:
            is_nobody = user.username == "newcomer"
            file = SimpleUploadedFile("rows.csv", b"name\nA trace\n")
            if is_nobody or not may_at_all(user, key, "create"):
                assert client.post(f"/{slug}/new/", values).status_code == 403, user
                answer = client.post(f"/imports/new/{key}/", {"file": file})
                assert answer.status_code == 403, user
            if is_nobody or not may_at_all(user, key, "read"):
                data = {"name": "A view", "query": ""}
                assert client.post(f"/{slug}/views/", data).status_code == 403, user
                assert client.post(f"/{slug}/views/pin/", {"query": ""}).status_code == 403, user


@every_type
def test_bulk_verbs_that_are_refused_leave_no_trace(record_type, owner, people):
    if not record_type.has(Feature.BULK):
        pytest.skip("the type has no bulk verbs")
    record = make_record(record_type.model, owner)
    field = next(iter(record_type.bulk_fields), "owner")
    verbs = {"delete": "delete", "assign": "assign", "edit": "write"}
    with nothing_changes():
        for user, client in people:
            for verb, privilege in verbs.items():
                if refusal(user, record_type, privilege) is None:
                    continue
                data = {"ids": record.pk, "do": "1", "owner": user.pk, f"change_{field}": "1"}
                answer = client.post(f"/{record_type.slug}/bulk/{verb}/", data)
                assert answer.status_code in (200, 302, 403, 404, 422), (user, verb)


def test_signed_out_nothing_is_done(owner, client):
    records = [make_record(one.model, owner, f"{one.key} of somebody") for one in TYPES]
    with nothing_changes():
        for record_type, record in zip(TYPES, records, strict=True):
            for path, data, _privilege in attempts(record_type, record, {"name": "x"}, owner):
                answer = client.post(path, data)
                if any(" " in str(value) for value in data.values()):
                    assert (answer.status_code, answer["X-Form-Expired"]) == (403, "1"), path
                    continue
                assert answer.status_code == 302, path
                assert answer["Location"].startswith("/user/login/"), path
            for verb in ("delete", "assign", "edit"):
                path = f"/{record_type.slug}/bulk/{verb}/"
                assert client.post(path, {"ids": record.pk, "do": "1"}).status_code == 302
    assert ImportJob.objects.count() == 0


def test_without_the_token_of_a_form_nothing_is_done(owner):
    """Another site can make a browser send a form, but not with the token."""
    strict = signed_in(owner, enforce_csrf_checks=True)
    for key in ("account", "lead", "quote"):
        record_type = registry.get(key)
        record = make_record(record_type.model, owner)
        with nothing_changes():
            for path, data, _privilege in attempts(record_type, record, {"name": "x"}, owner):
                assert strict.post(path, data).status_code == 403, path


def test_administration_is_closed_to_everybody_else(owner, manager, sign_in):
    closed = [
        address(path)
        for name, path in set(routes(get_resolver().url_patterns))
        if name.startswith("settings:")
    ]
    assert len(closed) > 5
    for user in (owner, manager):
        client = sign_in(user)
        with nothing_changes():
            for path in closed:
                for method in (client.get, client.post):
                    assert method(path).status_code in (403, 404, 405), path
