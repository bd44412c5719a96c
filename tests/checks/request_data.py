"""What a request says is never spread into a query.

`filter(**request.GET.dict())` lets a caller reach any column of any related table; so would a
field name taken from the request. Names are looked up in a declaration first.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from crm.settings.apps import ROOMS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (*sorted(ROOMS), "tests/checks")
REQUEST_DATA = {"GET", "POST", "FILES", "COOKIES", "META", "body", "headers"}
QUERY_METHODS = {
    *("aggregate", "alias", "annotate", "create", "defer", "distinct", "exclude", "filter", "get"),
    *("get_or_create", "only", "order_by", "prefetch_related", "select_related", "update"),
    *("update_or_create", "values", "values_list"),
}
CONDITIONS = {"F", "Q", "OrderBy"}


def is_query(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in QUERY_METHODS and not says_request_data(call.func.value)
    return isinstance(call.func, ast.Name) and call.func.id in CONDITIONS


def says_request_data(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in REQUEST_DATA
        and "request" in ast.unparse(node.value)
        for node in ast.walk(tree)
    )


def names_from_outside(call: ast.Call) -> Iterator[ast.AST]:
    """Arguments that name columns: positional ones and expanded mappings, not plain values."""
    yield from call.args
    yield from (keyword.value for keyword in call.keywords if keyword.arg is None)


def faults(source: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and is_query(node):
            yield from (node.lineno for name in names_from_outside(node) if says_request_data(name))


def main(root: Path = ROOT) -> int:
    lines = [
        f"{path.relative_to(root)}:{line}: request data names columns of a query"
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
        for line in faults(path.read_text())
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
