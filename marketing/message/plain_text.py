"""The plain text part of a mail, made from its HTML when nobody wrote one."""

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "tr", "blockquote"}
    | {"section", "article", "header", "footer", "pre", "hr"}
)
HIDDEN = frozenset({"style", "script", "head", "title"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_GAPS = re.compile(r"\n{3,}")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HIDDEN:
            self._hidden += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.parts)))
        elif tag == "img":
            self.parts.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())

    def _end_link(self, address: str, begun_at: int) -> None:
        shown = "".join(self.parts[begun_at:]).strip()
        if address and address not in (shown, f"mailto:{shown}"):
            self.parts.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(_SPACE.sub(" ", data))


def plain_text(html: str) -> str:
    """The words of `html` with paragraphs, list items and the addresses of links."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()
