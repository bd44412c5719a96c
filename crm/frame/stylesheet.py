"""The parts under `crm/frame/styles/`, joined in their order into the one sheet that pages load.

A part is short enough to read; a page asks for one file. `css/app.css` is found like any static
file: in development it is joined anew when a part has changed, in production `collectstatic`
takes it along.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SHEET = "css/app.css"
PARTS = Path(__file__).parent / "styles"

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MARGIN = re.compile(r"\n\s*")


class StylesheetFinder(BaseFinder):
    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.CRM_HOME / "joined")

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        if path != SHEET:
            return []
        found = str(joined(Path(self.storage.path(SHEET))))
        return [found] if find_all or kwargs.get("all") else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        joined(Path(self.storage.path(SHEET)))
        yield SHEET, self.storage


def joined(target: Path) -> Path:
    """The sheet's file, written anew when a part is younger than it."""
    parts = sorted(PARTS.glob("*.css"))
    youngest = max(path.stat().st_mtime_ns for path in [PARTS, *parts])
    if not target.exists() or target.stat().st_mtime_ns <= youngest:
        target.parent.mkdir(parents=True, exist_ok=True)
        source = "\n".join(path.read_text() for path in parts)
        # Whole or not at all: another process may be reading.
        with tempfile.NamedTemporaryFile("w", dir=target.parent, delete=False) as draft:
            draft.write(without_margins(source))
        Path(draft.name).replace(target)
        target.chmod(0o644)
    return target


def without_margins(source: str) -> str:
    return MARGIN.sub("\n", COMMENT.sub("", source)).lstrip()
