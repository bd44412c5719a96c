"""Icons drawn into the page: Lucide's, from the installed package, and our stage dials.

They are written inline. A sprite with every icon an administrator may choose would weigh
700 kB, while the few on a page repeat and so compress to almost nothing.
"""

from functools import cache
from importlib.resources import files
from xml.etree import ElementTree
from zipfile import ZipFile

from django.utils.safestring import SafeString

SVG = "{http://www.w3.org/2000/svg}"
EMPTY_DIAL = '<circle cx="12" cy="12" r="9"/>'
# Quarter by quarter, clockwise from twelve.
DIALS = {
    "stage-1": '<path d="M12 12V6.5a5.5 5.5 0 0 1 5.5 5.5Z" fill="currentColor" stroke="none"/>',
    "stage-2": '<path d="M12 6.5a5.5 5.5 0 0 1 0 11Z" fill="currentColor" stroke="none"/>',
    "stage-3": ('<path d="M12 12H6.5a5.5 5.5 0 1 0 5.5-5.5Z" fill="currentColor" stroke="none"/>'),
    "stage-4": '<circle cx="12" cy="12" r="5.5" fill="currentColor" stroke="none"/>',
}


class UnknownIcon(KeyError):
    """No icon is called so; see https://lucide.dev/icons for the names."""


@cache
def icon_names() -> tuple[str, ...]:
    """Every name an administrator may choose, in order."""
    with _archive() as archive:
        return tuple(sorted(name.removesuffix(".svg") for name in archive.namelist()))


@cache
def icon_svg(name: str, extra: str = "") -> SafeString:
    """The icon as SVG that takes the colour of the text around it.

    `extra` are classes beside `i`. Raises UnknownIcon.
    """
    shapes = EMPTY_DIAL + DIALS[name] if name in DIALS else _shapes(name)
    classes = f"i {extra}".strip()
    return SafeString(
        f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{shapes}</svg>'
    )


def _archive() -> ZipFile:
    return ZipFile((files("lucide") / "lucide.zip").open("rb"))


@cache
def _shapes(name: str) -> str:
    with _archive() as archive:
        try:
            root = ElementTree.fromstring(archive.read(f"{name}.svg"))  # noqa: S314  (installed)
        except KeyError as error:
            raise UnknownIcon(name) from error
    for node in root.iter():
        node.tag = node.tag.removeprefix(SVG)
    return "".join(ElementTree.tostring(shape, encoding="unicode").strip() for shape in root)
