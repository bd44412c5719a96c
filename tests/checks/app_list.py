"""A forgotten app fails: every folder with an `apps.py` is listed, wherever apps are listed."""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from crm.settings.apps import APPS

ROOT = Path(__file__).resolve().parents[2]


def folders(root: Path) -> set[str]:
    return {path.parent.name for path in root.glob("*/apps.py")} - {"crm"}


def faults(project: dict[str, Any], found: Iterable[str], apps: tuple[str, ...]) -> Iterator[str]:
    """Sentences about apps on disk that nobody lists, and lists that differ from the one list."""
    for app in sorted(set(found) - set(apps)):
        yield f"{app}/ has an apps.py and is not in APPS of crm/settings/apps.py."
    for app in sorted(set(apps) - set(found)):
        yield f"APPS of crm/settings/apps.py names {app}, and there is no {app}/apps.py."
    rooms = {"crm", *apps}
    for where, listed in lists_of(project):
        wanted = rooms if "crm" in listed else set(apps)
        for app in sorted(wanted - listed):
            yield f"{where} in pyproject.toml leaves out {app}."


def lists_of(project: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    tools = project["tool"]
    yield "ruff's known-first-party", set(tools["ruff"]["lint"]["isort"]["known-first-party"])
    yield "mypy's files", set(tools["mypy"]["files"])
    yield "coverage's source", set(tools["coverage"]["run"]["source"])
    linter = tools["importlinter"]
    yield "import-linter's root_packages", set(linter["root_packages"])
    for contract in linter["contracts"]:
        for key in ("containers", "apps", "ancestors"):
            listed = set(contract.get(key, ()))
            if len(listed) > 1:
                yield f"'{contract['name']}'", listed
    downwards = next(one for one in linter["contracts"] if one["name"].startswith("Import down"))
    layers = " | ".join(downwards["layers"])
    yield "the layers of 'Import down'", set(re.findall(r"\w+", layers))


def main(root: Path = ROOT) -> int:
    project = tomllib.loads((root / "pyproject.toml").read_text())
    lines = list(faults(project, folders(root), APPS))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
