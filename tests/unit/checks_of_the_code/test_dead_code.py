import pytest

from tests.checks.dead_code import Allowed, allow_list, faults, unused


@pytest.fixture
def product(tmp_path):
    (tmp_path / "crm").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "crm" / "values.py").write_text(
        "def spare():\n    pass\n\n\ndef shown():\n    pass\n\n\ndef looked_up():\n    pass\n\n\n"
        'COLUMN = "looked_up.name"\n\n\ndef reads():\n    return COLUMN\n\n\nreads()\n'
    )
    (tmp_path / "templates" / "page.html").write_text("<p>{{ record.shown }}</p>")
    return tmp_path


def test_what_neither_code_nor_templates_nor_strings_name_is_found(product):
    assert list(faults(list(unused(product)), [], product)) == [
        "crm/values.py:1: function spare is used nowhere"
    ]


def test_what_is_allowed_passes_and_a_line_that_allows_nothing_fails(product):
    allowed = [Allowed("crm/*.py", "spa*"), Allowed("crm/*.py", "gone")]
    assert list(faults(list(unused(product)), allowed, product)) == [
        "dead_code_allowed.txt: crm/*.py gone allows nothing any more"
    ]


def test_the_allow_list_leaves_out_comments():
    assert allow_list("# Why\n\n*/apps.py *Config\n") == [Allowed("*/apps.py", "*Config")]
