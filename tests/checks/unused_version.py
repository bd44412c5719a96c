"""A service that takes `version` looks at it: ignored, it promises what it does not keep.

Passing it on counts; whether it then holds is what the contract tests ask of every verb.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.checks.request_data import FOLDERS

ROOT = Path(__file__).resolve().parents[2]
NAME = "version"


def faults(source: str) -> Iterator[tuple[int, str]]:
    """(line, function) of each function that declares the argument and never reads it."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef):
            continue
        declared = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
        if NAME in declared and NAME not in names_read(node):
            yield node.lineno, node.name


def names_read(function: ast.FunctionDef) -> set[str]:
    return {
        node.id
        for statement in function.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def main(root: Path = ROOT) -> int:
    lines = [
        f"{path.relative_to(root)}:{line}: {name} takes a version and ignores it"
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
        if "migrations" not in path.parts
        for line, name in faults(path.read_text())
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
