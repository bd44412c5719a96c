"""Every record type, every standing person, every surface: nothing leaks, nothing is changed."""

import pytest

from crm.models import FieldChange, JournalEntry
from crm.records.editing import editable_columns
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from tests.contract.building import SENTINEL, make_record
from tests.contract.oracle import may, may_at_all

pytestmark = pytest.mark.django_db

PEOPLE = ("owner", "teammate", "stranger", "manager", "agent", "marketer", "admin")
TYPES = [pytest.param(record_type, id=record_type.key) for record_type in registry]


@pytest.fixture
def person(request, owner, teammate, stranger, manager, agent, marketer, admin):
    return request.getfixturevalue(request.param)


everybody = pytest.mark.parametrize("person", PEOPLE, indirect=True)
every_type = pytest.mark.parametrize("record_type", TYPES)


def expected(person, record_type, privilege):
    """200 when allowed, 403 when only visible, 404 when not even that."""
    if not may(person, record_type.key, "read"):
        return 404
    return 200 if may(person, record_type.key, privilege) else 403


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def untouched(record):
    """What a refused request must leave as it is."""
    fresh = type(record).objects.get(pk=record.pk)
    return fresh.version, fresh.owner_id, fresh.deleted_at, FieldChange.objects.count()


@everybody
@every_type
def test_a_list_and_what_is_made_of_it_shows_the_record_to_its_readers_only(
    record_type, person, owner, sign_in
):
    make_record(record_type.model, owner)
    client = sign_in(person)
    view = "?view=all" if "all" in {view.key for view in record_type.views} else ""
    response = client.get(f"/{record_type.slug}/{view}")
    if not may_at_all(person, record_type.key, "read"):
        assert response.status_code == 403
        assert SENTINEL.encode() not in response.content
    else:
        assert response.status_code == 200
        is_seen = SENTINEL.encode() in response.content or b"data-row" in response.content
        assert is_seen == may(person, record_type.key, "read")


@everybody
@every_type
def test_a_chart_counts_the_record_for_its_readers_only(record_type, person, owner, sign_in):
    make_record(record_type.model, owner)
    client = sign_in(person)
    for chart in record_type.charts:
        address = f"/{record_type.slug}/chart/?chart={chart.key}&{chart_view(record_type)}"
        response = client.get(address, headers={"hx-request": "true"})
        if not may_at_all(person, record_type.key, "read"):
            assert response.status_code == 403
        else:
            assert response.status_code == 200
        is_counted = b'class="chart-figure"' in response.content
        if not may(person, record_type.key, "read"):
            assert not is_counted, chart.key
            assert SENTINEL.encode() not in response.content
        elif not chart.total and not chart.only:
            assert is_counted, chart.key


def chart_view(record_type):
    return "view=all" if "all" in {view.key for view in record_type.views} else ""


@everybody
@every_type
def test_the_record_page_is_404_for_who_may_not_see_it(record_type, person, owner, sign_in):
    record = make_record(record_type.model, owner)
    client = sign_in(person)
    for address in ("", "?tab=history", "?tab=access"):
        response = client.get(f"/{record_type.slug}/{record.pk}/{address}")
        assert response.status_code == expected(person, record_type, "read"), address
        if response.status_code == 404:
            assert str(record).encode() not in response.content


@everybody
@every_type
def test_the_edit_form_opens_for_who_may_write(record_type, person, owner, sign_in):
    record = make_record(record_type.model, owner)
    response = sign_in(person).get(f"/{record_type.slug}/{record.pk}/edit/")
    wanted = expected(person, record_type, "write")
    # A record that is closed as it stands sends its editors back to its page.
    assert response.status_code == wanted or (wanted == 200 and response.status_code == 302)


@everybody
@every_type
def test_a_cell_is_changed_in_the_list_by_who_may_write(record_type, person, owner, sign_in):
    record = make_record(record_type.model, owner)
    column = next(name for name in editable_columns(record_type) if name != "owner")
    value = {column: "Changed in its cell"}
    address, client = f"/{record_type.slug}/{record.pk}/cell/{column}/", sign_in(person)
    wanted, before = expected(person, record_type, "write"), untouched(record)
    for headers in ({}, {"HX-Request": "true", "HX-Target": "cell-editor"}):
        asked = client.get(address, headers=headers)
        # What is closed as it stands leads its editors back, or says so over the cell.
        allowed = {200: {200, 302, 422}}.get(wanted, {wanted})
        assert asked.status_code in allowed, headers
        sent = client.post(address, {"version": record.version, **value}, headers=headers)
        assert sent.status_code in allowed, headers
        if wanted != 200:
            assert untouched(record) == before
        if wanted == 404:
            assert SENTINEL.encode() not in asked.content + sent.content


@everybody
@every_type
def test_the_preview_beside_the_list_is_for_readers_only(record_type, person, owner, sign_in):
    record = make_record(record_type.model, owner)
    if not may_at_all(person, record_type.key, "read"):
        pytest.skip("the list itself is closed")
    address, client = f"/{record_type.slug}/?preview={record.pk}", sign_in(person)
    alone = client.get(address, headers={"HX-Request": "true", "HX-Target": "preview"})
    assert alone.status_code == expected(person, record_type, "read")
    for response in (alone, client.get(address)):
        is_shown = f'data-preview="{record.pk}"'.encode() in response.content
        assert is_shown == may(person, record_type.key, "read")
        if not is_shown:
            assert SENTINEL.encode() not in response.content


@everybody
@every_type
def test_deleting_needs_the_privilege_and_else_changes_nothing(record_type, person, owner, sign_in):
    record = make_record(record_type.model, owner)
    before = untouched(record)
    response = sign_in(person).post(f"/{record_type.slug}/{record.pk}/delete/")
    wanted = expected(person, record_type, "delete")
    if wanted == 200:
        assert response.status_code in (302, 422)
    else:
        assert response.status_code == wanted
        assert untouched(record) == before


@everybody
@every_type
def test_assigning_in_bulk_reaches_only_what_the_person_may_assign(
    record_type, person, owner, teammate, sign_in
):
    if not record_type.has(Feature.BULK):
        pytest.skip("the type has no bulk verbs")
    record = make_record(record_type.model, owner)
    before = untouched(record)
    data = {"ids": [record.pk], "owner": teammate.pk, "do": "1"}
    sign_in(person).post(f"/{record_type.slug}/bulk/assign/", data)
    record.refresh_from_db()
    is_assigned = may(person, record_type.key, "read") and may(person, record_type.key, "assign")
    assert (record.owner_id == teammate.pk) == is_assigned
    if not is_assigned:
        assert untouched(record) == before


@everybody
@every_type
def test_an_export_holds_only_what_the_person_may_export(record_type, person, owner, sign_in):
    make_record(record_type.model, owner)
    view = "?view=all" if "all" in {view.key for view in record_type.views} else ""
    response = sign_in(person).get(f"/{record_type.slug}/export.csv{view}")
    content = body(response)
    if not may_at_all(person, record_type.key, "export"):
        assert response.status_code == 403
        assert SENTINEL.encode() not in content
    else:
        allowed = may(person, record_type.key, "read") and may(person, record_type.key, "export")
        assert (content.count(b"\r\n") > 1) == allowed


@everybody
@every_type
def test_look_up_and_search_find_the_record_for_its_readers_only(
    record_type, person, owner, sign_in
):
    record = make_record(record_type.model, owner)
    client = sign_in(person)
    wanted = may(person, record_type.key, "read")
    found = client.get(f"/lookup/{record_type.key}/", {"q": str(record)[:40]})
    ids = {row["value"] for row in found.json()["results"]} if found.status_code == 200 else set()
    assert (record.pk in ids) == wanted
    if record_type.has(Feature.SEARCH):
        page = client.get("/search/", {"q": str(record)[:40]}).content
        assert (f"/{record_type.slug}/{record.pk}/".encode() in page) == wanted


@every_type
def test_signed_out_every_address_leads_to_the_log_in(record_type, owner, client):
    record = make_record(record_type.model, owner)
    for address in (
        "",
        "new/",
        "board/",
        "bin/",
        "export.csv",
        f"{record.pk}/",
        f"{record.pk}/edit/",
        f"{record.pk}/cell/owner/",
        f"?preview={record.pk}",
    ):
        response = client.get(f"/{record_type.slug}/{address}")
        assert response.status_code == 302, address
        assert response["Location"].startswith("/user/login/"), address


@every_type
def test_protected_fields_posted_along_are_ignored(record_type, owner, sign_in):
    record = make_record(record_type.model, owner)
    before = untouched(record)
    number = getattr(record, "number", "")
    client = sign_in(owner)
    client.post(
        f"/{record_type.slug}/{record.pk}/edit/",
        {
            "id": 1,
            "number": "HACKED-1",
            "unit": 1,
            "version": record.version,
            "deleted_at": "2020-01-01",
        },
    )
    record.refresh_from_db()
    assert getattr(record, "number", "") == number
    assert (record.version, record.owner_id, record.deleted_at) == before[:3]


@every_type
def test_a_share_opens_the_record_page_to_one_stranger(
    record_type, owner, stranger, admin, sign_in, as_actor
):
    from crm.models.levels import Privilege
    from crm.records.services import share_record

    if not may_at_all(stranger, record_type.key, "read"):
        pytest.skip("sharing gives nothing without the privilege on the type")
    record = make_record(record_type.model, owner)
    share_record(
        actor=as_actor(admin),
        record_type=record_type,
        record_id=record.pk,
        principal_id=stranger.pk,
        privileges=[Privilege.READ],
    )
    assert sign_in(stranger).get(f"/{record_type.slug}/{record.pk}/").status_code == 200
    assert JournalEntry.objects.filter(verb="shared", record_id=record.pk).count() == 1
