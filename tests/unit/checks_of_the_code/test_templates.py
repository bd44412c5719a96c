import pytest

from tests.checks.templates import faults, main, templates


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{{ note.body|safe }}", "|safe"),
        ("{{ parts | safeseq }}", "|safe"),
        ("{% autoescape off %}{{ x }}{% endautoescape %}", "autoescape off"),
        ("<script>alert(1)</script>", "an inline script"),
        ('<script type="module">go()</script>', "an inline script"),
        ('<button onclick="go()">Go</button>', "an inline handler"),
        ('<form hx-on:submit="go()">', "an hx-on handler"),
        ("<div hx-vals='js:{a: b()}'>", "an htmx expression"),
        ('<a href="javascript:go()">Go</a>', "a javascript: address"),
        ('<p style="color: red">Red</p>', "an inline style"),
        ("<style>p { color: red }</style>", "a style element"),
    ],
)
def test_code_in_a_template_is_found(tmp_path, line, fault):
    page = tmp_path / "page.html"
    page.write_text(f"<p>First line</p>\n{line}\n")
    assert (2, fault) in list(faults(page))


@pytest.mark.parametrize(
    "line",
    [
        '<script src="{% static "crm.js" %}" defer></script>',
        '<button hx-post="/leads/1/qualify/" hx-target="#main">Qualify</button>',
        "{# |safe is banned here #}",
        '<input name="only_mine" data-action="toggle">',
        "<p>The option = value</p>",
    ],
)
def test_plain_markup_passes(tmp_path, line):
    page = tmp_path / "page.html"
    page.write_text(f"{line}\n")
    assert list(faults(page)) == []


def test_an_e_mail_may_be_styled_inline_but_holds_no_script(tmp_path):
    mail = tmp_path / "mail" / "welcome.html"
    mail.parent.mkdir()
    mail.write_text('<p style="color: red">Hello</p>\n<script>go()</script>\n')
    assert list(faults(mail)) == [(2, "an inline script")]


def test_a_fault_fails_the_check_and_is_named_with_its_line(tmp_path, capsys):
    page = tmp_path / "templates" / "lead" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text("\n\n{{ x|safe }}\n")
    assert list(templates(tmp_path)) == [page]
    assert main(tmp_path) == 1
    assert capsys.readouterr().out == "templates/lead/page.html:3: |safe\n"


def test_a_long_line_is_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f"{'é' * 160}\n{'x' * 161}\n")
    assert list(faults(page)) == [(2, "161 characters, and 160 are the most")]
