"""The text of an article as HTML: Markdown without raw HTML, then sanitised all the same."""

from functools import cache

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre",
    "blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel"}


@cache
def _markdown() -> MarkdownIt:
    # Pictures would be fetched from elsewhere, which the Content-Security-Policy forbids.
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    return parser.enable(["table", "strikethrough"]).disable("image")


def rendered(text: str) -> SafeString:
    """HTML without scripts, styles, classes, pictures and frames."""
    return SafeString(
        nh3.clean(
            _markdown().render(text),
            tags=TAGS,
            attributes={"a": {"href", "title"}, "ol": {"start"}},
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer",
        )
    )
