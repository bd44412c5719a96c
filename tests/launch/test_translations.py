"""Catalogues are collected and compiled without GNU gettext."""

import gettext
import os

from crm.launch.messages import update
from crm.launch.translations import compile_translations

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalogue(root, text):
    po = root / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(HEADER + text)
    return po


def test_a_catalogue_is_compiled_once_and_again_after_a_change(tmp_path):
    po = catalogue(tmp_path, 'msgid "Save"\nmsgstr "Enregistrer"\n')
    mo = po.with_suffix(".mo")
    assert compile_translations(tmp_path) == [mo]
    assert compile_translations(tmp_path) == []
    with mo.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Save") == "Enregistrer"

    catalogue(tmp_path, 'msgid "Save"\nmsgstr "Sauver"\n')
    os.utime(po, (mo.stat().st_mtime + 1,) * 2)
    assert compile_translations(tmp_path) == [mo]
    with mo.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Save") == "Sauver"


def test_texts_are_collected_from_code_and_templates(tmp_path):
    po = catalogue(tmp_path, 'msgid "Save"\nmsgstr "Enregistrer"\n\nmsgid "Gone"\nmsgstr "Parti"\n')
    code = tmp_path / "leads" / "views.py"
    code.parent.mkdir()
    code.write_text('_("Save")\npgettext("state", "Open")\nngettext("%d row", "%d rows", n)\n')
    page = tmp_path / "templates" / "page.html"
    page.parent.mkdir()
    page.write_text(
        '{% translate "Board" %}\n'
        "{% blocktranslate with name=who %}Hello {{ name }}{% endblocktranslate %}\n"
    )
    assert update(tmp_path) == [po]
    text = po.read_text()
    assert 'msgid "Save"\nmsgstr "Enregistrer"' in text
    assert 'msgctxt "state"\nmsgid "Open"\nmsgstr ""' in text
    assert 'msgid "%d row"\nmsgid_plural "%d rows"' in text
    assert 'msgid "Board"' in text
    assert 'msgid "Hello %(name)s"' in text
    assert "Gone" not in text
