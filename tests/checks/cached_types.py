"""No cache that lives as long as the process takes a record type, its key or its model.

Administrators change what a type is while processes run: `crm.registry.derived.derived` caches
with the type, and `ProcessCache` under a version.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.checks.request_data import FOLDERS

ROOT = Path(__file__).resolve().parents[2]
CACHES = {"cache", "lru_cache"}
NAMES = {"record_type", "type_key"}
ANNOTATIONS = ("RecordType", "type[Record]")


def faults(source: str) -> Iterator[tuple[int, str]]:
    """(line, function) of each function that is cached so and takes a type."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and is_cached(node) and takes_type(node):
            yield node.lineno, node.name


def is_cached(function: ast.FunctionDef) -> bool:
    """Whether it is decorated with one of functools' caches, called or not, however imported."""
    found = (one.func if isinstance(one, ast.Call) else one for one in function.decorator_list)
    return any(ast.unparse(one).rpartition(".")[2] in CACHES for one in found)


def takes_type(function: ast.FunctionDef) -> bool:
    arguments = function.args
    return any(
        one.arg in NAMES
        or (one.annotation and any(name in ast.unparse(one.annotation) for name in ANNOTATIONS))
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    )


def main(root: Path = ROOT) -> int:
    lines = [
        f"{path.relative_to(root)}:{line}: {name} caches by type for the life of the process"
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
        for line, name in faults(path.read_text())
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
