"""Nothing of a session outlives its transaction: a pooler lends the connection to others then."""

import re
from pathlib import Path

import pytest

from crm.settings.apps import ROOMS

ROOT = Path(__file__).resolve().parents[3]
OF_THE_SESSION = {
    "advisory lock": r"pg_(try_)?advisory_(un)?lock(_shared|_all)?\s*\(",
    "setting": r"set_config\([^()]*,\s*false\s*\)|\bSET SESSION\b"
    r"|\"SET (?!LOCAL|CONSTRAINTS|TRANSACTION)[A-Z_a-z]+ (=|TO\b)",
    "notification": r"\bLISTEN [a-z]|\bUNLISTEN\b",
    "cursor": r"\bWITH HOLD\b",
    "prepared statement": r"\"(PREPARE \w+( \(.*\))? AS|DEALLOCATE) ",
    "temporary table": r"CREATE (TEMP|TEMPORARY) TABLE(?!.*ON COMMIT DROP)",
}
# Both happen only where PREPARE_QUERIES is on, and so no pooler is.
ALLOWED = {
    ("crm/runtime/time_limits.py", "setting"),
    ("crm/access/prepared.py", "prepared statement"),  # takes away, and only what was prepared
}


def found_in(code):
    return [kind for kind, pattern in OF_THE_SESSION.items() if re.search(pattern, code)]


def sources():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts and "launch" not in path.parts:
                yield path


def test_no_code_leaves_anything_in_a_session():
    found = {
        (str(path.relative_to(ROOT)), kind)
        for path in sources()
        for kind in found_in(path.read_text())
    }
    assert found == ALLOWED


@pytest.mark.parametrize(
    "code",
    [
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock(%s, %s)",
        "SELECT pg_advisory_unlock(1)",
        "SELECT set_config('a', %s, false)",
        '"SET work_mem = 1"',
        "LISTEN news",
        "DECLARE c CURSOR WITH HOLD FOR",
        "CREATE TEMP TABLE t (a int)",
    ],
)
def test_what_would_be_left_is_seen(code):
    assert found_in(code)


@pytest.mark.parametrize(
    "code", ["pg_advisory_xact_lock(1)", "set_config('a', 'b', true)", '"SET LOCAL a = 1"']
)
def test_what_ends_with_the_transaction_is_not(code):
    assert found_in(code) == []
