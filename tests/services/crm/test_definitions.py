"""What administrators define of a type raises a version; what stands under it is made anew."""

import pytest
from django.db import connection

from accounts.models import Account
from crm.access.actor import Actor
from crm.access.prepared import prepared
from crm.models import RecordTypeLabel, RecordTypeName
from crm.registry.registry import registry
from crm.runtime.cache_versions import cache_version, reset_cache_versions
from tests.contract.building import make_record

pytestmark = pytest.mark.django_db


def next_request():
    reset_cache_versions()
    return registry.get("account"), cache_version("definitions")


def test_an_icon_is_a_definition_however_it_is_written():
    declared, before = next_request()
    rows = RecordTypeName.objects.filter(pk="account")
    rows.update(icon="factory")
    changed, after = next_request()
    assert (declared.icon, changed.icon) == ("building-2", "factory")
    assert after > before
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM crm_recordtypename WHERE record_type = 'account'")
    again, last = next_request()
    assert again is declared
    assert last > after
    RecordTypeName.objects.create(record_type="account", icon="store")
    assert next_request()[0].icon == "store"


def test_names_and_the_same_icon_once_more_leave_the_definitions_alone():
    RecordTypeName.objects.filter(pk="account").update(icon="factory")
    there = next_request()
    RecordTypeName.objects.get(pk="account").save()
    RecordTypeLabel.objects.create(
        record_type_id="account", language="en", singular="Firm", plural="Firms"
    )
    assert next_request() == there
    assert next_request()[0] is there[0]


def test_definitions_are_read_once_and_the_version_with_the_others(django_assert_num_queries):
    RecordTypeName.objects.filter(pk="account").update(icon="factory")
    with django_assert_num_queries(2):  # the versions, the definitions
        next_request()
    with django_assert_num_queries(1):  # the versions
        next_request()
        registry.get("lead")
        cache_version("access")


def test_a_prepared_query_is_made_anew_for_other_definitions(owner):
    account = make_record(Account, owner)
    made = []

    @prepared
    def rows(_actor, record_id, *, type_key):
        made.append(registry.get(type_key).icon)
        return Account.objects.filter(pk=record_id)

    for icon in ("", "factory"):
        RecordTypeName.objects.filter(pk="account").update(icon=icon)
        for _time in range(2):
            next_request()
            assert rows(Actor.system(), account.pk, type_key="account") == [account]
    assert made == ["building-2", "factory"]
