"""The check for versions that nobody looks at."""

from tests.checks.unused_version import faults

IGNORED = """
def win(*, actor, record_id, version=None):
    return lock(actor, record_id)
"""
PASSED_ON = """
def win(*, actor, record_id, version=None):
    return lock(actor, record_id, version=version)
"""


def test_an_ignored_version_is_named_with_its_function():
    assert list(faults(IGNORED)) == [(2, "win")]


def test_a_version_that_is_passed_on_is_none():
    assert list(faults(PASSED_ON)) == []
