"""What the database itself does: numbers, and triggers that are asked whether they are ignored."""

import pgtrigger
import pytest
from django.db import connection

from crm.models import FieldChange
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db


def test_numbers_grow_beyond_their_digits():
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE public.crm_number_testing START 99999")
        cursor.execute(
            "INSERT INTO public.crm_numberseries (key, prefix, digits) VALUES ('testing', 'T-', 5)"
        )
        cursor.execute("SELECT public.crm_next_number('testing') FROM generate_series(1, 3)")
        assert [row[0] for row in cursor] == ["T-99999", "T-100000", "T-100001"]


def test_triggers_run_unless_they_are_ignored(owner):
    account = make_account(owner=owner)
    assert FieldChange.objects.filter(record_type="account", record_id=account.pk).count() == 1
    with pgtrigger.ignore("accounts.Account:history"):
        quiet = make_account(owner=owner)
    assert not FieldChange.objects.filter(record_type="account", record_id=quiet.pk).exists()


def test_asking_costs_no_sub_transaction():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = '_pgtrigger_should_ignore'")
        assert "EXCEPTION" not in cursor.fetchone()[0]
