"""Compile the message catalogues. GNU gettext need not be installed."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]


def compile_translations(root: Path = ROOT) -> list[Path]:
    """Write the .mo beside each .po that is newer; return what was written."""
    written = []
    for po in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parents[1].name, abort_invalid=True)
        unfinished = mo.with_suffix(".mo.part")
        with unfinished.open("wb") as target:
            write_mo(target, catalogue)
        unfinished.replace(mo)
        written.append(mo)
    return written


if __name__ == "__main__":
    compile_translations()
