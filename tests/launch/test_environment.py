"""The virtual environment follows the lock, and says so when it cannot."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm.launch import environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installs(tmp_path, monkeypatch):
    """An environment in a folder of its own, where installing only takes notes."""
    done: list[str] = []
    venv = tmp_path / ".venv"
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(environment, "STAMP", venv / "installed.json")
    for name in ("RUN_LOCK", "DEV_LOCK"):
        lock = tmp_path / getattr(environment, name).name
        lock.write_text("django==5.2.19\n")
        monkeypatch.setattr(environment, name, lock)

    def create_venv() -> None:
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").touch()
        done.append("venv")

    monkeypatch.setattr(environment, "create_venv", create_venv)
    monkeypatch.setattr(environment, "install", lambda lock: done.append(lock.name))
    return done


def test_an_environment_is_made_once_and_then_left_alone(installs):
    environment.ensure_environment(lock=environment.RUN_LOCK)
    environment.ensure_environment(lock=environment.RUN_LOCK)
    assert installs == ["venv", "requirements.txt"]


def test_a_changed_lock_is_installed_again(installs):
    environment.ensure_environment(lock=environment.RUN_LOCK)
    environment.RUN_LOCK.write_text("django==5.2.20\n")
    environment.ensure_environment(lock=environment.RUN_LOCK)
    assert installs == ["venv", "requirements.txt", "requirements.txt"]


def test_the_tools_bring_what_a_run_needs(installs):
    environment.ensure_environment(lock=environment.DEV_LOCK)
    environment.ensure_environment(lock=environment.RUN_LOCK)
    assert installs == ["venv", "requirements-dev.txt"]


def test_an_installation_that_failed_is_tried_again(installs, monkeypatch):
    def fail(lock: Path) -> None:
        sys.exit("no network")

    with monkeypatch.context() as broken:
        broken.setattr(environment, "install", fail)
        with pytest.raises(SystemExit):
            environment.ensure_environment(lock=environment.RUN_LOCK)
    environment.ensure_environment(lock=environment.RUN_LOCK)
    assert installs == ["venv", "requirements.txt"]


def test_an_older_python_is_told_in_one_line():
    old = (
        "import sys, runpy; sys.version_info = (3, 9, 2); "
        "runpy.run_path('crm/launch/environment.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", old], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"This needs Python 3.11 or later, and {sys.executable} is 3.9. "
        "Name another one: make run PYTHON=python3.12\n"
    )


def test_a_python_without_venv_and_pip_is_told_what_to_install(tmp_path):
    fake = tmp_path / "python"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); "
        "from crm.launch import environment; "
        "environment.may_install_packages = lambda: False; "
        f"sys.executable = {str(fake)!r}; environment.create_venv()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "VENV": str(tmp_path / ".venv")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        "Python cannot create a virtual environment here. On Debian and Ubuntu: "
        "apt-get install python3-venv\n"
    )
    assert not (tmp_path / ".venv").exists()
