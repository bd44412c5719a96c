import re

import pytest

from crm.launch.console import LogReader, step


def test_a_quick_step_is_one_line_with_its_time(capsys):
    with step("Database and queue"):
        pass
    assert re.fullmatch(r"  Database and queue \.\.\. \d+\.\d s\n", capsys.readouterr().out)


def test_details_of_a_long_step_get_lines_of_their_own(capsys):
    with step("A demo company") as tell:
        tell("85 accounts")
        tell("300 contacts")
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["  A demo company ... ", "      85 accounts", "      300 contacts"]
    assert re.fullmatch(r"      \d+\.\d s", lines[3])


def test_a_step_that_failed_says_so(capsys):
    with pytest.raises(ValueError, match="full"), step("Migrations"):
        raise ValueError("disk full")
    assert capsys.readouterr().out == "  Migrations ... not done\n"


def test_a_log_is_read_line_by_line_and_never_half_a_line(tmp_path):
    log = tmp_path / "demo.log"
    log.write_text("85 accounts\n300 con")
    reader = LogReader(log)
    assert reader.new_lines() == ["85 accounts"]
    assert reader.new_lines() == []
    with log.open("a") as more:
        more.write("tacts\n\nusers\n")
    assert reader.new_lines() == ["300 contacts", "users"]
    assert reader.new_lines() == []
