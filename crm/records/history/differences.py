"""Two texts, word by word: what is gone and what is new."""

import re
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 2000


def marked(old: str, new: str) -> SafeString | str:
    """`new` with <ins> and <del> against `old`; plain when they have too little in common."""
    before, after = WORDS.findall(old), WORDS.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        return new
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if not old or matcher.ratio() < 1 / 3:
        return new
    return format_html_join(
        "",
        "{}",
        (
            (_part(tag, "".join(before[a:b]), "".join(after[c:d])),)
            for tag, a, b, c, d in matcher.get_opcodes()
        ),
    )


def _part(tag: str, gone: str, here: str) -> SafeString | str:
    if tag == "equal":
        return here
    shown = SafeString("")
    if gone:
        shown += format_html("<del>{}</del>", gone)
    if here:
        shown += format_html("<ins>{}</ins>", here)
    return shown
