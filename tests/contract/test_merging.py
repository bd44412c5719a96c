"""Every type that can be merged, every standing person: who may, and what a refusal leaves."""

import pytest

from crm.access.standard_roles import PROFILES
from crm.models import MergedRecord, RolePrivilege
from crm.records.merging.comparing import compared_fields
from crm.registry.declaration import Feature
from crm.registry.registry import registry
from tests.contract.building import make_record
from tests.contract.oracle import may
from tests.contract.outsiders import make_outsider
from tests.contract.watching import nothing_changes

pytestmark = pytest.mark.django_db

every_type = pytest.mark.parametrize(
    "record_type", [pytest.param(one, id=one.key) for one in registry if one.has(Feature.MERGE)]
)
PEOPLE = ("owner", "teammate", "manager", "stranger", "agent", "marketer", "admin")
HIDDEN = "Zyxwut Hidden"


@pytest.fixture
def person(request):
    return request.getfixturevalue(request.param)


everybody = pytest.mark.parametrize("person", PEOPLE, indirect=True)


def pair(record_type, owner):
    return [make_record(record_type.model, owner, f"{record_type.key} {n}") for n in range(2)]


def sent(stays, *goes):
    return {"ids": [stays.pk, *(one.pk for one in goes)], "survivor": stays.pk}


def expected(person, record_type):
    """404 for what is hidden, 403 for what is only forbidden, else None."""
    if not may(person, record_type.key, "read"):
        return 404
    needed = ("write", "merge")
    return None if all(may(person, record_type.key, one) for one in needed) else 403


@everybody
@every_type
def test_who_may_merge_does_and_nobody_else(record_type, person, owner, sign_in):
    stays, goes = pair(record_type, owner)
    client, wanted = sign_in(person), expected(person, record_type)
    page = f"/{record_type.slug}/merge/"
    asked = f"{page}?ids={stays.pk}&ids={goes.pk}"
    choose = f"/{record_type.slug}/{stays.pk}/merge/"
    if wanted is None:
        assert client.get(asked).status_code == client.get(choose).status_code == 200
        answer = client.post(page, sent(stays, goes))
        assert answer["Location"] == f"/{record_type.slug}/{stays.pk}/"
        assert MergedRecord.objects.get().survivor_id == stays.pk
        return
    with nothing_changes():
        assert client.get(asked).status_code == wanted
        assert client.get(choose).status_code == wanted
        assert client.post(choose, {"ids": goes.pk}).status_code == wanted
        assert client.post(page, sent(stays, goes)).status_code == wanted


@every_type
def test_a_hidden_record_is_neither_merged_nor_shown(record_type, owner, south, sign_in):
    outsider = make_outsider(south)
    own, other = pair(record_type, outsider)
    hidden = make_record(record_type.model, owner, HIDDEN)
    client, slug = sign_in(outsider), record_type.slug
    page = f"/{slug}/merge/"
    with nothing_changes():
        for data in (sent(own, hidden), sent(hidden, own)):
            assert client.post(page, data).status_code == 404
        assert client.get(f"{page}?ids={own.pk}&ids={hidden.pk}").status_code == 404
        assert client.get(f"/{slug}/{hidden.pk}/merge/").status_code == 404
        assert client.post(page, {**sent(own, other), "survivor": hidden.pk}).status_code == 422
        answer = client.post(f"/{slug}/{own.pk}/merge/", {"others": [hidden.pk]})
        assert answer.status_code == 422
        assert HIDDEN not in answer.content.decode()
        for address, data in (
            (f"/{slug}/{own.pk}/merge/", {"ids": hidden.pk}),
            (f"/{slug}/bulk/merge/", {"ids": [own.pk, hidden.pk]}),
        ):
            assert client.post(address, data, follow=True).status_code == 404
    forged = {f"keep_{one.name}": hidden.pk for one in compared_fields(record_type)}
    client.post(page, {**sent(own, other), **forged})
    own.refresh_from_db()
    assert str(own) != HIDDEN


@every_type
def test_signed_out_nothing_is_merged(record_type, owner, client):
    stays, goes = pair(record_type, owner)
    with nothing_changes():
        for address in (f"/{record_type.slug}/merge/", f"/{record_type.slug}/{stays.pk}/merge/"):
            answer = client.post(address, sent(stays, goes))
            assert answer["Location"].startswith("/user/login/")


@pytest.mark.parametrize("profile", PROFILES)
def test_who_may_change_records_of_a_type_may_merge_them(profile, db):
    levels = RolePrivilege.objects.filter(role__profile=profile)
    for record_type in registry:
        of_type = dict(levels.filter(record_type=record_type.key).values_list("privilege", "level"))
        # A marketer writes leads of campaigns, but takes no part in tidying them up.
        if of_type.get("merge"):
            assert of_type["merge"] == of_type["write"], record_type.key
        assert of_type.get("merge", 0) <= of_type.get("write", 0), record_type.key
