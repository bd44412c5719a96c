"""The steps of an import: staging, mapping, dry run, run, undo; and what bad files get."""

import io

import pytest

from accounts.models import Account
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.exchange.imports.report import findings, repair_file
from crm.exchange.imports.services import (
    check_rows,
    map_columns,
    run_import,
    stage_file,
    undo_import,
)
from crm.models import FieldChange, ImportJob, ImportRow
from crm.records.history.tasks import undo_in_batches

pytestmark = pytest.mark.django_db

FIRMS = b"name,sector,employees\nAlder Labs,Technology,12\nBirch Foods,Retail,7\n"


def stage(actor, content=FIRMS, target="account", name="firms.csv"):
    return stage_file(
        actor=actor, target_key=target, file_name=name, file=io.BytesIO(content), size=len(content)
    )


@pytest.fixture
def actor(owner, as_actor):
    return as_actor(owner)


def test_headings_map_themselves_to_fields_called_alike(actor):
    job = stage(actor)
    assert {column: entry["field"] for column, entry in job.mapping.items()} == {
        "name": "name",
        "sector": "industry",
        "employees": "employees",
    }
    assert job.row_count == 2


def test_a_dry_run_gives_verdicts_and_writes_no_record(actor):
    job = stage(actor)
    assert check_rows(actor=actor, job_id=job.pk)["new"] == 2
    assert Account.objects.count() == 0
    assert ImportJob.objects.get(pk=job.pk).state == ImportJob.State.CHECKED


def test_a_run_writes_the_rows_with_history_and_owner(actor, owner):
    job = stage(actor)
    run_import(actor=actor, job_id=job.pk)
    account = Account.objects.get(name="Birch Foods")
    assert (account.industry, account.employees, account.owner_id) == ("retail", 7, owner.pk)
    assert account.number.startswith("ACC-")
    change = FieldChange.objects.get(record_type="account", record_id=account.pk)
    assert (change.event, change.actor_id) == ("insert", owner.pk)


def test_rows_with_errors_stay_out_and_come_back_in_the_repair_file(actor):
    job = stage(actor, b"name,employees\nAlder Labs,twelve\nBirch Foods,7\n")
    counts = run_import(actor=actor, job_id=job.pk)
    assert (counts["new"], counts["error"]) == (1, 1)
    lines = list(repair_file(job))
    assert len(lines) == 2
    assert "“twelve” is not a number." in lines[1]


def test_the_repair_file_holds_no_formula_and_can_be_uploaded_again(actor):
    job = stage(actor, b"name,city,employees\n=1+1,+33,none\n")
    run_import(actor=actor, job_id=job.pk)
    repair = "".join(repair_file(job))
    assert repair.splitlines()[1].startswith("'=1+1,'+33,none,")
    again = stage(actor, repair.replace("none", "3").encode())
    assert run_import(actor=actor, job_id=again.pk)["new"] == 1
    assert Account.objects.values_list("name", "city").get() == ("=1+1", "+33")


def test_a_row_that_is_there_already_is_updated_and_twice_in_the_file_counts_once(actor):
    run_import(actor=actor, job_id=stage(actor).pk)
    again = stage(actor, b"name,employees\nalder labs,15\nAlder Labs,16\nBirch Foods,7\n")
    counts = run_import(actor=actor, job_id=again.pk)
    assert (counts["update"], counts["duplicate"], counts["same"]) == (1, 1, 1)
    assert Account.objects.get(name__iexact="alder labs").employees == 15
    assert Account.objects.count() == 2


def test_a_replaced_value_is_used_wherever_it_stands(actor):
    job = stage(actor, b"name,sector\nAlder Labs,technolgy\nBirch Foods,technolgy\n")
    assert check_rows(actor=actor, job_id=job.pk)["error"] == 2
    found = findings(actor, ImportJob.objects.get(pk=job.pk))[0]
    assert (found.value, found.count, found.suggestion) == ("technolgy", 2, "Technology")
    mapping = {
        **job.mapping,
        "sector": {"field": "industry", "values": {"technolgy": "Technology"}},
    }
    map_columns(actor=actor, job_id=job.pk, mapping=mapping, options={})
    assert run_import(actor=actor, job_id=job.pk)["new"] == 2


def test_the_next_file_of_the_same_shape_is_mapped_as_the_last_one(actor):
    job = stage(actor)
    mapping = {"name": {"field": "name"}, "sector": {"field": "city"}}
    map_columns(actor=actor, job_id=job.pk, mapping=mapping, options={"day_first": True})
    later = stage(actor)
    assert later.mapping == mapping
    assert later.options == {"day_first": True}


def test_a_run_that_was_cut_off_goes_on_and_ends_as_one_that_ran_through(actor):
    job = stage(actor)
    run_import(actor=actor, job_id=job.pk)
    ImportJob.objects.filter(pk=job.pk).update(state=ImportJob.State.RUNNING)
    last = ImportRow.objects.get(job=job, line=3)
    Account.objects.filter(pk=last.record_id).delete()
    ImportRow.objects.filter(pk=last.pk).update(is_done=False, verdict="", record_id=None)
    counts = run_import(actor=actor, job_id=job.pk)
    assert counts["new"] == 2
    assert sorted(Account.objects.values_list("name", flat=True)) == ["Alder Labs", "Birch Foods"]


def test_undo_takes_back_what_was_added_and_changed(actor):
    run_import(actor=actor, job_id=stage(actor, b"name,employees\nAlder Labs,12\n").pk)
    job = stage(actor, b"name,employees\nAlder Labs,99\nNew One,3\n")
    run_import(actor=actor, job_id=job.pk)
    undone = undo_import(actor=actor, job_id=job.pk)
    assert undone.state == ImportJob.State.UNDOING
    undo_in_batches(undone.undo_id)
    assert ImportJob.objects.get(pk=job.pk).state == ImportJob.State.UNDONE
    assert Account.objects.get(name="Alder Labs").employees == 12
    assert not Account.objects.alive().filter(name="New One").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"name,name\na,b\n", "same name"),
        (b"name\n", "no rows"),
        (b"name\na,b,c\n", "Line 2"),
        (b"\x00\x01\x02binary\x00", "neither a CSV nor an XLSX"),
        (b"PK\x03\x04 not a workbook", "damaged"),
        (b"name\n" + b"x" * 40_000 + b"\n", "32,000"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(content, told, actor):
    with pytest.raises(RuleViolation, match=told):
        stage(actor, content)
    assert ImportJob.objects.count() == 0
    assert ImportRow.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_usual_encodings_are_recognised(encoding, actor):
    job = stage(actor, "name;city\nCafé Élan;Orléans\n".encode(encoding))
    run_import(actor=actor, job_id=job.pk)
    assert Account.objects.get().name == "Café Élan"


def test_only_who_may_create_may_import_and_only_administrators_import_users(
    agent, marketer, actor, as_actor
):
    with pytest.raises(AccessDenied):
        stage(actor, target="user")
    with pytest.raises(AccessDenied):
        stage(as_actor(agent), target="opportunity")
    with pytest.raises(NotVisible):
        stage(actor, target="nonsense")


def test_somebody_elses_import_does_not_exist_for_others(actor, teammate, as_actor):
    job = stage(actor)
    with pytest.raises(NotVisible):
        check_rows(actor=as_actor(teammate), job_id=job.pk)
