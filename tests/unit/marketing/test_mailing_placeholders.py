"""Placeholders are an allow-list; values are text, whatever they hold."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.message.composing import clean_html
from marketing.message.placeholders import (
    BadPlaceholder,
    Placeholder,
    fill,
    one_line,
    parse,
    refuse_in_tags,
)

KNOWN = frozenset({"first_name", "company"})


def read(text, values=None, **options):
    return fill(parse(text, known=KNOWN), values or {}, **options)


def test_a_placeholder_becomes_its_value():
    assert read("Dear {{ first_name }},", {"first_name": "Nadia"}) == "Dear Nadia,"


def test_a_missing_value_falls_back():
    assert read('Dear {{ first_name|fallback:"customer" }}') == "Dear customer"
    assert read('Dear {{first_name | fallback : "x y"}}', {"first_name": " "}) == "Dear x y"


def test_without_a_fall_back_a_missing_value_is_empty():
    assert read("[{{ company }}]") == "[]"


def test_pieces_keep_their_order():
    assert parse('a{{ company }}b{{ first_name|fallback:"c" }}', known=KNOWN) == (
        "a",
        Placeholder("company"),
        "b",
        Placeholder("first_name", "c"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{ password }}",
        "{{ first_name.__class__ }}",
        "{{ first_name|upper }}",
        "{{ 7*7 }}",
        "{{",
        "}}",
        "{{ first_name",
        '{{ first_name|fallback:"<b>" }}',
        '{{ first_name|fallback:"a\nb" }}',
        "{{ {{ first_name }} }}",
        "{{ FIRST_NAME }}",
    ],
)
def test_anything_else_in_braces_is_refused(text):
    with pytest.raises(BadPlaceholder):
        parse(text, known=KNOWN)


def test_other_template_languages_stay_text():
    text = "{% debug %} {# x #} ${7*7} <%= 1 %> {first_name} %(company)s"
    assert read(text, {"first_name": "Nadia"}) == text


def test_a_value_that_looks_like_a_placeholder_is_not_read_again():
    assert read("{{ first_name }}", {"first_name": "{{ company }}", "company": "X"}) == (
        "{{ company }}"
    )


def test_values_are_escaped_where_they_stand_in_html():
    shown = read(
        "<p>{{ company }}</p>", {"company": "<script>alert(1)</script>"}, escape=html.escape
    )
    assert shown == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


@given(st.text())
def test_a_value_never_breaks_a_line(value):
    shown = read("{{ first_name }}", {"first_name": value})
    assert len(shown.splitlines()) <= 1
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in shown)


def test_line_breaks_in_values_become_blanks():
    assert one_line("Nadia\r\nBcc: everybody@example.test") == "Nadia Bcc: everybody@example.test"


@pytest.mark.parametrize(
    "message",
    [
        '<a href="https://x.example/?q={{ company }}">look</a>',
        '<img src="{{ company }}" alt="x">',
        "<a href='{{ first_name }}'>x</a>",
    ],
)
def test_no_value_becomes_part_of_a_tag(message):
    with pytest.raises(BadPlaceholder):
        refuse_in_tags(clean_html(message))


def test_plain_words_become_paragraphs_with_links():
    assert clean_html("Hello & welcome\nyou\n\nsee https://halden.example/a?b=1&c=2") == (
        "<p>Hello &amp; welcome<br>\nyou</p>\n"
        '<p>see <a href="https://halden.example/a?b=1&amp;c=2">'
        "https://halden.example/a?b=1&amp;c=2</a></p>"
    )


@pytest.mark.parametrize(
    ("message", "clean"),
    [
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<script>alert(1)</script><p>a</p>", "<p>a</p>"),
        ('<a href="javascript:alert(1)">a</a>', "<a>a</a>"),
        ('<p style="position:fixed">a</p>', "<p>a</p>"),
        ('<iframe src="https://x.example"></iframe><p>a</p>', "<p>a</p>"),
        ("<form action='/x'><input name='y'></form><p>a</p>", "<p>a</p>"),
        ('<link rel="stylesheet" href="https://x.example/a.css"><p>a</p>', "<p>a</p>"),
    ],
)
def test_what_authors_paste_is_cleaned(message, clean):
    assert clean_html(message) == clean
