"""The whole way of a real file: uploaded, mapped, tried out, put right, written, taken back."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from crm.celery import app
from crm.exchange.imports.services import map_columns, run_import, stage_file
from opportunities.models import Opportunity

FILES = Path(
    os.environ.get("MAVEN_CRM", Path(settings.BASE_DIR).parent / "shared" / "data" / "maven-crm")
)
DEALS = 150  # of the 8,800: the whole file is for tests/services/crm/test_real_sales_data.py

WORKING = 60_000  # the work is done while the page waits
MENDED = {
    "sector": {"technolgy": "Technology"},
    "office_location": {"Philipines": "Philippines", "Korea": "South Korea"},
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not FILES.exists(), reason="the data set is not beside this checkout"),
]


@pytest.fixture(autouse=True)
def _worker():
    """A worker does at once what it is told."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def bring_in(actor, target, name, **replaced):
    """A file that is there already when the test begins."""
    path = FILES / name
    with path.open("rb") as file:
        job = stage_file(
            actor=actor, target_key=target, file_name=name, file=file, size=path.stat().st_size
        )
    mapping = {key: dict(entry) for key, entry in job.mapping.items()}
    for column, values in replaced.items():
        mapping[column]["values"] = values
    map_columns(actor=actor, job_id=job.pk, mapping=mapping, options={})
    run_import(actor=actor, job_id=job.pk)


@pytest.fixture
def pipeline(tmp_path):
    """The first deals of the pipeline, in which a product is misspelt."""
    lines = (FILES / "sales_pipeline.csv").read_text().splitlines(keepends=True)
    path = tmp_path / "sales_pipeline.csv"
    path.write_text("".join(lines[: DEALS + 1]))
    assert "GTXPro" in path.read_text()
    return path


def test_a_real_file_goes_in_step_by_step_and_out_again(admin, as_actor, signed_in_page, pipeline):
    actor = as_actor(admin)
    bring_in(actor, "user", "sales_teams.csv")
    bring_in(actor, "product", "products.csv")
    bring_in(actor, "account", "accounts.csv", **MENDED)
    page = signed_in_page(admin)
    page.set_default_timeout(WORKING)

    page.goto("/opportunities/")
    page.get_by_role("button", name="More").or_(page.locator("[data-menu]")).first.click()
    page.get_by_role("link", name="Import").or_(
        page.get_by_role("menuitem", name="Import")
    ).first.click()
    page.get_by_label("File").set_input_files(pipeline)
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_label("sales_agent")).to_have_value("owner")
    expect(page.get_by_label("close_value")).not_to_have_value("")
    page.get_by_role("button", name="Try it out").click()

    finding = page.get_by_role("row", name="product There is no")
    expect(finding).to_contain_text("There is no “GTXPro”, or you may not see it.", timeout=WORKING)
    expect(finding.get_by_label("Use instead of GTXPro")).to_have_value("GTX Pro")
    assert Opportunity.objects.count() == 0
    finding.get_by_role("button", name="Use").click()

    expect(page.get_by_text("GTXPro”, or you may not see it.")).to_have_count(0, timeout=WORKING)
    page.get_by_role("button", name=f"Write {DEALS} rows").click()

    expect(page.get_by_role("button", name="Undo this import")).to_be_visible(timeout=WORKING)
    assert Opportunity.objects.alive().count() == DEALS
    page.get_by_role("button", name="Undo this import").click()

    expect(page.get_by_text("This import was taken back.").first).to_be_visible(timeout=WORKING)
    assert Opportunity.objects.alive().count() == 0
