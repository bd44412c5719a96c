import pytest

from crm.launch import chromium
from crm.launch.faults import LaunchError


def test_the_chromium_that_is_named_is_used(tmp_path, monkeypatch):
    program = tmp_path / "my-chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    assert chromium.find() == str(program)


def test_a_name_that_leads_nowhere_finds_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))
    assert chromium.find() is None


def test_an_ordinary_user_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(chromium, "apt_get", lambda *_: pytest.fail("nothing to install"))
    with pytest.raises(LaunchError, match="apt-get install chromium"):
        chromium.ensure()


def test_root_on_debian_gets_it_installed(monkeypatch):
    done = []
    monkeypatch.setattr(chromium, "find", lambda: None)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    monkeypatch.setattr(chromium.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(chromium, "apt_get", lambda *words: done.append(words))
    chromium.ensure()
    assert done[0] == ("update",)
    assert done[1][0] == "install"
    assert "chromium" in done[1]
