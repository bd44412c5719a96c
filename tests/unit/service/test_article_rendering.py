import pytest

from service.rendering import rendered


def test_markdown_becomes_html():
    text = "# Filter\n\n- **clean** it\n- [ask](https://example.com)\n"
    assert rendered(text) == (
        "<h1>Filter</h1>\n<ul>\n<li><strong>clean</strong> it</li>\n"
        '<li><a href="https://example.com" rel="noopener noreferrer">ask</a></li>\n</ul>\n'
    )


def test_a_table_is_drawn():
    assert "<td>4 °C</td>" in rendered("| a | b |\n|---|---|\n| 4 °C | x |\n")


@pytest.mark.parametrize(
    ("text", "forbidden"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("![x](https://evil.example/p.png)", "<img"),
        ("[x](javascript:alert(1))", "href"),
        ("[x](data:text/html,hi)", "href"),
        ("<iframe src=//evil.example></iframe>", "<iframe"),
        ("<p style='position:fixed'>", "<p style"),
        ("<svg/onload=alert(1)>", "<svg"),
    ],
)
def test_nothing_in_a_text_runs(text, forbidden):
    assert forbidden not in rendered(text)
