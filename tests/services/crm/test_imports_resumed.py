"""An import that stopped anywhere goes on and leaves the database one that ran through leaves."""

import io

import pytest

from accounts.models import Account
from crm.exchange.imports import services
from crm.exchange.imports.services import run_import, stage_file
from crm.models import FieldChange, ImportJob

pytestmark = pytest.mark.django_db

# Doubles near and far, parents that come later, a row that is wrong and then comes again right.
FILE = b"""name,employees,parent company
Alder Labs,12,Yarrow Group
Birch Foods,seven,
Birch Foods,7,Alder Labs
alder labs,99,
Cedar Mill,1,Nowhere Ltd
Dune Optics,4,Zinnia Holding
Elm Works,5,
Yarrow Group,800,Zinnia Holding
BIRCH FOODS,8,
Zinnia Holding,9000,
Elm works,6,
Cedar Mill,2,Yarrow Group
"""
EXPECTED = [
    ("Alder Labs", 12, "Yarrow Group"),
    ("Birch Foods", 7, "Alder Labs"),
    ("Cedar Mill", 2, "Yarrow Group"),
    ("Dune Optics", 4, "Zinnia Holding"),
    ("Elm Works", 5, None),
    ("Yarrow Group", 800, "Zinnia Holding"),
    ("Zinnia Holding", 9000, None),
]
VERDICTS = [
    *("new", "error", "new", "duplicate", "error", "new"),
    *("new", "new", "duplicate", "new", "duplicate", "new"),
]


class PowerCut(Exception):
    pass


@pytest.fixture
def actor(owner, as_actor):
    return as_actor(owner)


def staged(actor, content=FILE):
    return stage_file(
        actor=actor,
        target_key="account",
        file_name="firms.csv",
        file=io.BytesIO(content),
        size=len(content),
    )


def accounts():
    return list(Account.objects.order_by("name").values_list("name", "employees", "parent__name"))


def verdicts(job):
    return list(job.rows.order_by("line").values_list("verdict", flat=True))


def cut_after(monkeypatch, name, calls):
    """The service `name` fails once it has been called so often."""
    service, left = getattr(services, name), [calls]

    def called(**given):
        if not left[0]:
            raise PowerCut
        left[0] -= 1
        return service(**given)

    monkeypatch.setattr(services, name, called)


def test_the_file_comes_in_as_expected(actor):
    job = staged(actor)
    run_import(actor=actor, job_id=job.pk)
    assert accounts() == EXPECTED
    assert verdicts(job) == VERDICTS


@pytest.mark.parametrize("chunk", [1, 2, 5])
@pytest.mark.parametrize("chunks_done", [0, 1, 2])
def test_cut_off_between_chunks_it_ends_the_same(chunk, chunks_done, actor, monkeypatch):
    monkeypatch.setattr(services, "CHUNK", chunk)
    job = staged(actor)
    with monkeypatch.context() as power:
        cut_after(power, "import_chunk", chunks_done)
        with pytest.raises(PowerCut):
            run_import(actor=actor, job_id=job.pk)
    assert ImportJob.objects.get(pk=job.pk).state == ImportJob.State.RUNNING
    run_import(actor=actor, job_id=job.pk)
    assert accounts() == EXPECTED
    assert verdicts(job) == VERDICTS


def test_cut_off_before_late_links_are_set_it_ends_the_same(actor, monkeypatch):
    job = staged(actor)
    with monkeypatch.context() as power:
        cut_after(power, "link_deferred", 0)
        with pytest.raises(PowerCut):
            run_import(actor=actor, job_id=job.pk)
    assert Account.objects.get(name="Alder Labs").parent is None
    run_import(actor=actor, job_id=job.pk)
    assert accounts() == EXPECTED
    assert verdicts(job) == VERDICTS


def test_a_chunk_that_fails_as_it_is_written_leaves_nothing_of_itself(actor, monkeypatch):
    job = staged(actor)

    def fail(*_given, **_named):
        raise PowerCut

    with monkeypatch.context() as power:
        power.setattr(services, "write_verdicts", fail)
        with pytest.raises(PowerCut):
            run_import(actor=actor, job_id=job.pk)
    assert accounts() == []
    assert not FieldChange.objects.filter(record_type="account").exists()
    run_import(actor=actor, job_id=job.pk)
    assert accounts() == EXPECTED


def test_the_same_file_again_changes_nothing(actor):
    run_import(actor=actor, job_id=staged(actor).pk)
    changes = FieldChange.objects.count()
    right = b"\n".join(line for line in FILE.split(b"\n") if b"seven" not in line)
    again = staged(actor, right)
    run_import(actor=actor, job_id=again.pk)
    assert set(verdicts(again)) == {"same", "duplicate", "error"}
    assert accounts() == EXPECTED
    assert FieldChange.objects.count() == changes


def test_names_with_accents_and_sharp_s_are_recognised_again(actor):
    content = "name,employees\nStraße & Söhne,3\nÉcole Ångström,4\n".encode()
    run_import(actor=actor, job_id=staged(actor, content).pk)
    job = staged(actor, "name,employees\nSTRAßE & SÖHNE,3\nécole ångström,5\n".encode())
    counts = run_import(actor=actor, job_id=job.pk)
    assert (counts["new"], counts["same"], counts["update"]) == (0, 0, 2)
    assert Account.objects.count() == 2


def test_keys_of_other_systems_differ_by_case_alone(actor):
    content = b"external id,name\n0015g00000AbC,Alder Labs\n0015g00000Abc,Birch Foods\n"
    for expected in ("new", "same"):
        job = staged(actor, content)
        run_import(actor=actor, job_id=job.pk)
        assert verdicts(job) == [expected, expected]
    assert Account.objects.count() == 2
