"""Collect the texts to translate into the catalogues. GNU gettext need not be installed."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from crm.launch.console import say
from crm.settings.apps import ROOMS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (*sorted(ROOMS), "templates")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}


TEXT = r"""u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*\""""
CALL = re.compile(rf"(?:n?p?gettext|_)\(\s*(?:{TEXT})(?:\s*,\s*(?:{TEXT}|\w+))*\s*\)")


def calls_in(template: str, name: str) -> str:
    """The translation calls Django finds in a template, each on its own line of Python."""
    lines = templatize(template, origin=name).splitlines()
    return "\n".join("; ".join(CALL.findall(line)) for line in lines)


def sources(root: Path) -> Iterator[tuple[Path, bytes]]:
    """Python as it is; templates as the Python-like text Django makes of them."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield path, path.read_bytes()
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                name = str(path.relative_to(root))
                yield path, calls_in(path.read_text(), name).encode()


def collected(root: Path) -> Catalog:
    catalogue = Catalog(project="crm", charset="utf-8")
    for path, text in sources(root):
        found = extract(
            "python", io.BytesIO(text), keywords=KEYWORDS, comment_tags=["Translators:"]
        )
        for line, message, comments, context in found:
            catalogue.add(
                message,
                locations=[(str(path.relative_to(root)), line)],
                auto_comments=comments,
                context=context,
            )
    return catalogue


def update(root: Path = ROOT) -> list[Path]:
    """Merge what was collected into each catalogue; texts that are gone leave it."""
    template = collected(root)
    written = []
    for po in sorted(root.glob("locale/*/LC_MESSAGES/django.po")):
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parents[1].name)
        catalogue.update(template, no_fuzzy_matching=True)
        with po.open("wb") as target:
            write_po(
                target,
                catalogue,
                width=100,
                ignore_obsolete=True,
                sort_by_file=True,
                no_location=True,
            )
        written.append(po)
    return written


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    for po in update():
        say(f"{po.relative_to(ROOT)} is up to date")
