"""The plain text part, made of the HTML."""

import hashlib

import pytest

from marketing.message.addresses import address_hash, address_key, domain_of
from marketing.message.plain_text import plain_text


def test_paragraphs_and_breaks_become_lines():
    assert plain_text("<p>One<br>two</p>\n<p>three</p>") == "One\ntwo\n\nthree"


def test_links_show_where_they_lead():
    assert plain_text('<p>Read <a href="https://a.example/x">this page</a>.</p>') == (
        "Read this page (https://a.example/x)."
    )


def test_a_link_that_says_its_address_says_it_once():
    assert plain_text('<a href="https://a.example">https://a.example</a>') == "https://a.example"


def test_lists_have_dashes():
    assert plain_text("<ul><li>one</li><li>two</li></ul>") == "- one\n- two"


def test_entities_are_letters_and_styles_are_left_out():
    assert plain_text("<style>p{}</style><p>A &amp; B&nbsp;&lt;C&gt;</p>") == "A & B\xa0<C>"


@pytest.mark.parametrize("address", ["A@X.example", " a@x.EXAMPLE "])
def test_an_address_has_one_way_of_writing(address):
    assert address_key(address) == "a@x.example"
    assert address_hash(address) == hashlib.sha256(b"mailing:a@x.example").hexdigest()


def test_only_ascii_letters_are_folded_as_in_the_database():
    assert address_key("JÜRGEN@x.example") == "jÜrgen@x.example"


def test_the_domain_of_an_address():
    assert domain_of("a@b@x.example") == "x.example"
    assert domain_of("") == "localhost"
