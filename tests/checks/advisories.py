"""Whether a locked dependency has a known vulnerability, as far as the data can be had.

pip-audit asks the public index for advisories, package by package. Where that can't be reached,
nothing was checked: the check says so and does not fail, as no change of the code could mend it.
"""

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crm.launch.console import say

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.txt"
NOT_CHECKED = "not checked: no data"
PATIENCE = "5"  # seconds for one answer


def main() -> int:
    """One package first: where its advisories can't be had, those of the others can't either."""
    pins = re.findall(r"^[a-z0-9._-]+==[^\s;\\]+", LOCK.read_text(), re.MULTILINE)
    probe = audit([pin for pin in pins if pin.startswith("django==")])
    verdict = judged(probe) if missing(probe) else judged(audit(pins))
    say("\n".join(verdict.lines))
    return 1 if verdict.is_vulnerable else 0


@dataclass(frozen=True)
class Verdict:
    lines: list[str]
    is_vulnerable: bool = False


def judged(done: "subprocess.CompletedProcess[str]") -> Verdict:
    unknown, found = missing(done), vulnerable(done)
    if unknown and not found:
        return Verdict([f"{NOT_CHECKED}: {'; '.join(unknown)}"])
    return Verdict([*found, *(f"not checked: {line}" for line in unknown)], bool(found))


def audit(pins: list[str]) -> "subprocess.CompletedProcess[str]":
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(pins))
        file.flush()
        return subprocess.run(
            [
                *(sys.executable, "-m", "pip_audit", "--requirement", file.name),
                *("--no-deps", "--disable-pip", "--format", "json", "--timeout", PATIENCE),
                *("--progress-spinner", "off"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )


def missing(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """What could not be checked, and why: packages the index told nothing of, or everything."""
    if not done.stdout.strip():
        return [last_line(done.stderr)]
    return [
        f"{package['name']}: {package['skip_reason']}"
        for package in json.loads(done.stdout)["dependencies"]
        if "skip_reason" in package
    ]


def vulnerable(done: "subprocess.CompletedProcess[str]") -> list[str]:
    """A line for each advisory."""
    if not done.stdout.strip():
        return []
    return [
        f"{package['name']} {package['version']}: {advisory['id']}, mended in "
        f"{', '.join(advisory['fix_versions']) or 'no version yet'}"
        for package in json.loads(done.stdout)["dependencies"]
        for advisory in package.get("vulns", [])
    ]


def last_line(text: str) -> str:
    return next(iter(reversed(text.strip().splitlines())), "")[:200]


if __name__ == "__main__":
    sys.exit(main())
