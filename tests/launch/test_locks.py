"""The lock files: complete, hashed, and free of any address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
RUN, DEV, UV = ROOT / "requirements.txt", ROOT / "requirements-dev.txt", ROOT / "crm/launch/uv.txt"
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", re.MULTILINE)


def pinned(lock: Path) -> dict[str, str]:
    return dict(PINNED.findall(lock.read_text()))


@pytest.mark.parametrize("lock", [RUN, DEV, UV], ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock):
    assert "://" not in lock.read_text()
    assert "index" not in lock.read_text()


@pytest.mark.parametrize("lock", [RUN, DEV, UV], ids=lambda lock: lock.name)
def test_every_package_of_a_lock_has_hashes(lock):
    packages = re.split(r"^(?=[a-z0-9])", lock.read_text(), flags=re.MULTILINE)[1:]
    assert packages
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_tools_lock_holds_the_same_versions_as_the_run_time_lock():
    tools = pinned(DEV)
    assert {name: tools.get(name) for name in pinned(RUN)} == pinned(RUN)


@pytest.mark.parametrize(
    ("lock", "section"),
    [(RUN, "run time"), (RUN, "embedded"), (DEV, "tools")],
)
def test_every_declared_dependency_is_locked_in_a_version_it_allows(lock, section):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = {
        "run time": project["project"]["dependencies"],
        "embedded": project["project"]["optional-dependencies"]["embedded"],
        "tools": project["dependency-groups"]["dev"],
    }[section]
    locked = pinned(lock)
    for requirement in map(Requirement, declared):
        version = locked.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name}: make lock"
        assert requirement.specifier.contains(version), f"{requirement}: make lock"
