"""The check of what documents name."""

from pathlib import Path

from tests.checks.documents import faults, main

ROOT = Path(__file__).resolve().parents[3]


def test_the_documents_that_stand_name_what_exists():
    assert main() == 0


def test_a_file_a_name_and_a_link_that_are_not_there_are_named():
    text = "`crm/nowhere.py`, `crm.operations.nothing` and [this](gone.md); `crm.operations.emit`"
    assert list(faults(text, ROOT, ROOT)) == [
        "names crm/nowhere.py, which is not there",
        "names crm.operations.nothing, which is no module or name of ours",
        "links to gone.md, which is not there",
    ]
