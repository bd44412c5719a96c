"""An advisory fails the check; where there is no data the check says that it checked nothing."""

import json
import subprocess

from tests.checks.advisories import judged

GOOD = {"name": "celery", "version": "5.7.0", "vulns": []}
BAD = {
    "name": "django",
    "version": "5.2.0",
    "vulns": [{"id": "CVE-2025-1", "fix_versions": ["5.2.1"]}],
}
UNKNOWN = {"name": "crm", "skip_reason": "not found"}


def done(*packages, error=""):
    out = json.dumps({"dependencies": packages}) if packages else ""
    return subprocess.CompletedProcess([], 0, out, error)


def test_an_advisory_fails():
    verdict = judged(done(GOOD, BAD))
    assert verdict.is_vulnerable
    assert verdict.lines == ["django 5.2.0: CVE-2025-1, mended in 5.2.1"]


def test_no_advisory_passes():
    assert judged(done(GOOD)).lines == []


def test_an_index_that_can_not_be_reached_is_said_and_passes():
    verdict = judged(done(error="...\nServiceError: could not connect"))
    assert verdict.lines == ["not checked: no data: ServiceError: could not connect"]
    assert not verdict.is_vulnerable


def test_a_package_the_index_knows_nothing_of_is_said():
    assert judged(done(UNKNOWN)).lines == ["not checked: no data: crm: not found"]
    assert judged(done(BAD, UNKNOWN)).lines[1:] == ["not checked: crm: not found"]
