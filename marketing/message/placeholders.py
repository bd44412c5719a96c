"""Placeholders in mailings: `{{ first_name }}` or `{{ first_name|fallback:"there" }}`.

The names are an allow-list of facts about the reader. This parser is all that ever reads them:
nothing is looked up by path, called or evaluated, and a value is put in as text, escaped for
the part it stands in.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

_PLACEHOLDER = re.compile(
    r"""\{\{\s*([a-z_]{1,40})\s*(?:\|\s*fallback\s*:\s*"([^"{}<>\r\n]{0,100})"\s*)?\}\}"""
)
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class BadPlaceholder(ValueError):
    """The text can't be used; `reason` is unknown, broken or in_tag, `part` what is wrong."""

    def __init__(self, reason: str, part: str) -> None:
        super().__init__(f"{reason}: {part}")
        self.reason, self.part = reason, part


@dataclass(frozen=True)
class Placeholder:
    name: str
    fallback: str = ""


Pieces = tuple[str | Placeholder, ...]


def parse(text: str, *, known: frozenset[str]) -> Pieces:
    """Literal text and placeholders in order. Raises BadPlaceholder."""
    pieces: list[str | Placeholder] = []
    end = 0
    for match in _PLACEHOLDER.finditer(text):
        if match[1] not in known:
            raise BadPlaceholder("unknown", match[0])
        pieces += [_literal(text[end : match.start()]), Placeholder(match[1], match[2] or "")]
        end = match.end()
    pieces.append(_literal(text[end:]))
    return tuple(piece for piece in pieces if piece != "")


def _literal(text: str) -> str:
    for brace in ("{{", "}}"):
        found = text.find(brace)
        if found >= 0:
            raise BadPlaceholder("broken", text[found : found + 40])
    return text


def fill(pieces: Pieces, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
    """The text with every placeholder's value, or its fall-back where there is none."""
    return "".join(
        piece
        if isinstance(piece, str)
        else escape(one_line(values.get(piece.name, "")) or piece.fallback)
        for piece in pieces
    )


def one_line(value: str) -> str:
    """Without line breaks and control characters: what may stand in a header."""
    return _BREAKS.sub(" ", value).strip()


class _TagWatch(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for _name, value in attrs:
            if value and "{{" in value:
                raise BadPlaceholder("in_tag", value[:40])


def refuse_in_tags(html: str) -> None:
    """A value may become text, never part of a link or of another attribute."""
    watch = _TagWatch(convert_charrefs=True)
    watch.feed(html)
    watch.close()
