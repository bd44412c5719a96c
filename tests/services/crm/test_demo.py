"""The demo company: filled fast, and yet as if every record had been written one by one."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from accounts.models import Account, Contact
from cases.models import Case
from crm.demo import plan
from crm.models import Activity, FieldChange, Notification, Share
from leads.models import Lead
from opportunities.models import Opportunity
from sales_docs.models import Quote
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db

TINY = plan.Plan(
    units=6,
    users=12,
    accounts=60,
    contacts=300,
    leads=60,
    opportunities=240,
    documents=40,
    cases=120,
    activities=300,
    shares=10,
)
SHAPE = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint
UNION SELECT tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
"""


CASTS = re.compile(r"::character varying|::text|\[\]|[()]")


def shape():
    """What there is beside the rows, without casts: PostgreSQL writes them anew each time."""
    with connection.cursor() as cursor:
        cursor.execute(SHAPE)
        return {CASTS.sub("", row[0]) for row in cursor}


def test_tables_look_as_before_and_records_as_written_one_by_one(monkeypatch):
    before = shape()
    monkeypatch.setitem(plan.SIZES, "small", TINY)
    call_command("demo", size="small", verbosity=0)
    assert shape() == before
    sizes = {Account: 60, Contact: 300, Lead: 60, Opportunity: 240, Activity: 300}
    for model, least in sizes.items():
        key, rows = model.type_key(), model.objects.all()
        assert rows.count() >= least
        assert not rows.exclude(unit_id=F("owner__unit_id")).exists()
        assert not rows.filter(modified_at__lt=F("created_at")).exists()
        written = FieldChange.objects.filter(record_type=key, event="insert")
        assert set(written.values_list("record_id", flat=True)) == set(
            rows.values_list("pk", flat=True)
        )
        assert written.count() == rows.count()
    assert Share.objects.count() == TINY.shares + 2  # two of them by colleagues
    numbers = list(Account.objects.order_by("pk").values_list("number", flat=True)[:60])
    assert len(set(numbers)) == 60
    assert Quote.objects.filter(number="").count() == 0
    owner = Account.objects.first().owner.user
    assert make_account(owner).number not in numbers


def test_nothing_is_done_about_a_record_before_there_is_one(monkeypatch):
    monkeypatch.setitem(plan.SIZES, "small", TINY)
    call_command("demo", size="small", verbosity=0)
    for model in (Account, Contact, Lead, Opportunity, Case):
        born = dict(model.objects.values_list("pk", "created_at"))
        about = Activity.objects.filter(regarding_type=model.type_key(), regarding_id__in=born)
        happened = about.values_list("regarding_id", "happened_at")
        assert happened
        assert [pk for pk, at in happened if at < born[pk]] == []


def test_everybody_of_the_demo_company_has_news(monkeypatch):
    monkeypatch.setitem(plan.SIZES, "small", TINY)
    call_command("demo", size="small", verbosity=0)
    rows = Notification.objects.all()
    unread = set(rows.filter(read_at=None).values_list("recipient__username", flat=True))
    assert {"rep", "rep2", "agent", "marketer", "manager"} <= unread
    assert {"assigned", "shared", "written"} <= set(rows.values_list("kind", flat=True))
    assert rows.exclude(read_at=None).exists()
