"""What the documents name exists: files, names of our modules, and the index of decisions."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from crm.settings.apps import ROOMS

ROOT = Path(__file__).resolve().parents[2]
NAMES = "|".join(ROOMS)
PATH = re.compile(rf"`((?:{NAMES}|docs|tests|templates|static)/[\w./-]+?)/?`")
DOTTED = re.compile(rf"`((?:{NAMES})(?:\.[a-z_]\w*)+)")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
HEADING = re.compile(r"^Date: \d{4}-\d\d-\d\d\. Status: \w", re.MULTILINE)


def documents(root: Path) -> list[Path]:
    return sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")])


def faults(text: str, folder: Path, root: Path) -> Iterator[str]:
    for named in PATH.findall(text):
        if "fleet" not in named and not (root / named).exists():  # what a guide has one write
            yield f"names {named}, which is not there"
    for dotted in DOTTED.findall(text):
        if not _exists(dotted):
            yield f"names {dotted}, which is no module or name of ours"
    for target in LINK.findall(text):
        if not (folder / target).exists():
            yield f"links to {target}, which is not there"


def _exists(dotted: str) -> bool:
    """Whether a module has this name, or one of its beginnings defines what follows."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:length])
        source = (
            path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
        )
        if source.exists():
            rest = parts[length:]
            return not rest or rest[0] in _defined(ast.parse(source.read_text()))
    return False


def _defined(tree: ast.AST) -> set[str]:
    """Every name that a module defines, sets or imports, at whatever depth."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return found


def undated(root: Path) -> Iterator[str]:
    """Decisions without date and status, or without their line in the index."""
    index = (root / "docs/decisions/README.md").read_text()
    for path in sorted((root / "docs/decisions").glob("[0-9]*.md")):
        if not HEADING.search(path.read_text()):
            yield f"docs/decisions/{path.name}: says no date and status"
        if f"]({path.name})" not in index:
            yield f"docs/decisions/{path.name}: is not in the index"


def main(root: Path = ROOT) -> int:
    lines: Iterable[str] = [
        *(
            f"{path.relative_to(root)}: {fault}"
            for path in documents(root)
            for fault in faults(path.read_text(), path.parent, root)
        ),
        *undated(root),
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
