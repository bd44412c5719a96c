"""What nothing uses goes: vulture over the product alone, so that a test keeps nothing alive.

A name counts as used that templates name, or a string of the code: fields, columns and attributes
are looked up by name here. What a library calls by name is in `dead_code_allowed.txt`: a pattern of
files and one of names to a line; a line that allows nothing any more fails as well.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from vulture.core import Item, Vulture

from crm.settings.apps import ROOMS

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = Path(__file__).with_name("dead_code_allowed.txt")
# Registered by their decorator, and called by whoever they are registered with.
REGISTERED = ["@admin.*", "@checks.*", "@register*", "@receiver*", "@shared_task*"]
CONFIDENCE = 60
WORD = re.compile(r"[A-Za-z_]\w*")
NAMES = re.compile(r"-?[A-Za-z_]\w*(?:[.]\w+)*")


def paths(root: Path) -> list[Path]:
    return [
        path
        for folder in sorted(ROOMS)
        for path in sorted((root / folder).rglob("*.py"))
        if "migrations" not in path.parts and "settings" not in path.parts
    ]


def words_of_templates(root: Path) -> set[str]:
    return {
        word for path in root.glob("templates/**/*.*") for word in WORD.findall(path.read_text())
    }


def words_of_strings(source: str) -> Iterator[str]:
    """The parts of strings that are names: 'owner', 'account.city', 'owner__name'."""
    for node in ast.walk(ast.parse(source)):
        value = node.value if isinstance(node, ast.Constant) else None
        if isinstance(value, str) and NAMES.fullmatch(value):
            yield from re.split(r"[.]|__|-", value)


def members(source: str) -> set[str]:
    """Constants in the body of a class: members of an enumeration, which the database names."""
    return {
        target.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }


def unused(root: Path) -> Iterator[Item]:
    vulture = Vulture(ignore_decorators=REGISTERED)
    sources = {path: path.read_text() for path in paths(root)}
    for path, source in sources.items():
        vulture.scan(source, filename=path)
    named = words_of_templates(root)
    named.update(*(words_of_strings(source) for source in sources.values()))
    for item in vulture.get_unused_code(min_confidence=CONFIDENCE):
        if item.name not in named and item.name not in members(sources[item.filename]):
            yield item


@dataclass(frozen=True)
class Allowed:
    """A line of the allow-list: patterns of files and of names."""

    files: str
    names: str

    def covers(self, item: Item, root: Path) -> bool:
        path = Path(item.filename).relative_to(root).as_posix()
        return fnmatch(path, self.files) and fnmatch(item.name, self.names)


def allow_list(text: str) -> list[Allowed]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [Allowed(*line.split()) for line in lines]


def faults(items: Sequence[Item], allowed: Sequence[Allowed], root: Path) -> Iterator[str]:
    for item in items:
        if not any(each.covers(item, root) for each in allowed):
            where = Path(item.filename).relative_to(root)
            yield f"{where}:{item.first_lineno}: {item.typ} {item.name} is used nowhere"
    for each in allowed:
        if not any(each.covers(item, root) for item in items):
            yield f"{ALLOWED.name}: {each.files} {each.names} allows nothing any more"


def main(root: Path = ROOT) -> int:
    allowed = allow_list(ALLOWED.read_text())
    lines = list(faults(list(unused(root)), allowed, root))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
