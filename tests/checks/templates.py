"""Templates hold no script, style or handler of their own, trust no text, and have short lines.

The Content-Security-Policy would stop the first of these in the browser; here they are stopped
before.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BANNED = {
    "|safe": re.compile(r"\|\s*safe(seq)?\b"),
    "autoescape off": re.compile(r"{%\s*autoescape\s+off"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "an inline handler": re.compile(r"""[\s"']on[a-z]+\s*=\s*["'{]""", re.IGNORECASE),
    "an hx-on handler": re.compile(r"\bhx-on\b", re.IGNORECASE),
    "an htmx expression": re.compile(
        r"""\bhx-(vals|vars|headers)\s*=\s*["']\s*js:""", re.IGNORECASE
    ),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}
BANNED_ON_PAGES = {
    "an inline style": re.compile(r"""[\s"']style\s*=\s*["'{]""", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
}
LONGEST = 160  # characters of a line
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.DOTALL)


def templates(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("templates/**/*.html"))
    yield from sorted(root.glob("*/templates/**/*.html"))


def faults(path: Path) -> Iterator[tuple[int, str]]:
    """Line and fault. The HTML of e-mails is styled inline, as mail programs want it."""
    text = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), path.read_text())
    banned = BANNED if "mail" in path.parts else {**BANNED, **BANNED_ON_PAGES}
    for name, pattern in banned.items():
        for found in pattern.finditer(text):
            yield text.count("\n", 0, found.start()) + 1, name
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if len(line) > LONGEST:
            yield number, f"{len(line)} characters, and {LONGEST} are the most"


def main(root: Path = ROOT) -> int:
    lines = [
        f"{path.relative_to(root)}:{line}: {name}"
        for path in templates(root)
        for line, name in faults(path)
    ]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
