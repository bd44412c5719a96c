"""The parts under `crm/frame/styles/` become one sheet, joined anew when a part has changed."""

import os
from pathlib import Path

from django.contrib.staticfiles import finders

from crm.frame import stylesheet


def test_pages_find_one_sheet_that_holds_every_part_in_order():
    sheet = Path(finders.find("css/app.css")).read_text()
    assert sheet.index("--accent:") < sheet.index("@media (max-width: 767px)")
    assert "/*" not in sheet
    assert not finders.find("css/nothing.css")


def test_a_changed_part_is_joined_anew(tmp_path, monkeypatch):
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "02-b.css").write_text("/* why */\nb {\n  margin: 0;\n}\n")
    (parts / "01-a.css").write_text("a {\n  color: red;\n}\n")
    monkeypatch.setattr(stylesheet, "PARTS", parts)
    target = tmp_path / "css" / "app.css"
    assert stylesheet.joined(target).read_text() == "a {\ncolor: red;\n}\nb {\nmargin: 0;\n}\n"
    os.utime(target, (1, 1))
    (parts / "01-a.css").write_text("a {\n  color: blue;\n}\n")
    assert "blue" in stylesheet.joined(target).read_text()
