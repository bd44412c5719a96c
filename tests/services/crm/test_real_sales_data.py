"""The files of a real sales data set come in through the product's own import.

They are used when they stand beside the checkout; the tests of the steps use files of their own.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Sum

from accounts.models import Account
from crm.exchange.imports.report import findings
from crm.exchange.imports.services import check_rows, map_columns, run_import, stage_file
from crm.models import FieldChange, User
from opportunities.models import Opportunity
from sales_docs.models import OpportunityLine, Product

FILES = Path(settings.BASE_DIR).parent / "shared" / "data" / "maven-crm"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILES.exists(), reason="the data set is not beside this checkout"),
]


def bring_in(actor, target, name, values=None, *, is_dry=False):
    path = FILES / name
    with path.open("rb") as file:
        job = stage_file(
            actor=actor, target_key=target, file_name=name, file=file, size=path.stat().st_size
        )
    mapping = {column: dict(entry) for column, entry in job.mapping.items()}
    for column, replaced in (values or {}).items():
        mapping[column]["values"] = replaced
    map_columns(actor=actor, job_id=job.pk, mapping=mapping, options={})
    step = check_rows if is_dry else run_import
    counts = step(actor=actor, job_id=job.pk)
    job.refresh_from_db()
    return job, counts


MENDED = {
    "sector": {"technolgy": "Technology"},
    "office_location": {"Philipines": "Philippines", "Korea": "South Korea"},
}
DEALS = {"product": {"GTXPro": "GTX Pro"}}


@pytest.fixture
def actor(admin, as_actor):
    return as_actor(admin)


@pytest.fixture
def company_files(actor):
    bring_in(actor, "user", "sales_teams.csv")
    bring_in(actor, "product", "products.csv")
    bring_in(actor, "account", "accounts.csv", MENDED)


def test_agents_become_users_with_their_managers_and_units(actor):
    _job, counts = bring_in(actor, "user", "sales_teams.csv")
    assert counts["new"] == 35
    moses = User.objects.get(name="Moses Frase")
    assert (moses.manager.name, moses.unit.name) == ("Dustin Brinkmann", "Central")
    assert not moses.has_usable_password()
    assert User.objects.filter(unit__name="West").count() == 14


def test_a_parent_named_further_down_the_file_is_linked(company_files):
    assert Account.objects.count() == 85
    assert Account.objects.filter(parent__isnull=False).count() == 15


def test_the_dry_run_names_the_misspelt_product_and_what_it_may_be(company_files, actor):
    job, counts = bring_in(actor, "opportunity", "sales_pipeline.csv", is_dry=True)
    assert counts["new"] == 8800 - 1480
    worst = findings(actor, job)[0]
    assert (worst.column, worst.value, worst.count) == ("product", "GTXPro", 1480)
    assert worst.suggestion == "GTX Pro"
    assert Opportunity.objects.count() == 0


@pytest.fixture
def deals(company_files, actor):
    job, counts = bring_in(actor, "opportunity", "sales_pipeline.csv", DEALS)
    assert counts["new"] == 8800
    return job


def test_the_deals_come_out_as_the_data_set_says_and_a_second_time_changes_nothing(deals, actor):
    by_state = {
        state: Opportunity.objects.filter(state=state).count() for state in Opportunity.State
    }
    assert by_state == {"won": 4238, "lost": 2473, "open": 1589 + 500}
    won = Opportunity.objects.filter(state="won").aggregate(total=Sum("actual_revenue"))
    assert won["total"] == Decimal(10_005_534)
    assert Opportunity.objects.filter(account__isnull=True).count() == 1425
    assert Opportunity.objects.filter(engaged_on__isnull=True).count() == 500
    assert OpportunityLine.objects.count() == 8800
    assert Product.objects.filter(structure="product").count() == 7

    before = FieldChange.objects.count()
    _job, counts = bring_in(actor, "opportunity", "sales_pipeline.csv", DEALS)
    assert counts["same"] == 8800
    _job, counts = bring_in(actor, "account", "accounts.csv", MENDED)
    assert counts["same"] == 85
    assert FieldChange.objects.count() == before
