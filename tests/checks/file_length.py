"""A file that outgrew its subject becomes a folder of the same name. Mere lists may be long."""

import ast
import sys
from pathlib import Path

from tests.checks.request_data import FOLDERS

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 450


def holds_code(source: str) -> bool:
    return any(
        not isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr | ast.Import | ast.ImportFrom)
        for node in ast.parse(source).body
    )


def main(root: Path = ROOT) -> int:
    lengths = {
        path.relative_to(root): len(path.read_text().splitlines())
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
        if "migrations" not in path.parts and holds_code(path.read_text())
    }
    too_long = {path: length for path, length in lengths.items() if length > LONGEST}
    for path, length in too_long.items():
        sys.stdout.write(f"{path}: {length} lines, and {LONGEST} are the most\n")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
