"""A typo in a declaration stops the web server and the worker, started as in production."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm.launch.valkey import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
GIVE_UP = 90
COMMANDS = {
    "gunicorn": [f"{BIN}/gunicorn", "crm.wsgi:application", "--worker-class", "gthread"],
    "celery": [f"{BIN}/celery", "--app", "crm", "worker", "--concurrency", "1"],
    "the web server of make run": [
        sys.executable,
        "-c",
        "from crm.launch import application as a; a.set_up(); a.serve('127.0.0.1:0')",
    ],
    "the worker of make run": [
        sys.executable,
        "-c",
        "from crm.launch import application as a; a.set_up(); a.work_off_tasks()",
    ],
}


@pytest.fixture
def mistype(tmp_path):
    """Gives the app cases, as the processes will import it, one word instead of another."""
    shutil.copytree(ROOT / "cases", tmp_path / "cases")

    def change(file, right, wrong):
        path = tmp_path / file
        content = path.read_text()
        assert right in content
        path.write_text(content.replace(right, wrong, 1))

    return change


def start(folder, command):
    """Runs until it ends by itself. Everything it wrote, and its exit code."""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{folder}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "crm.settings.test",
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{free_port()} --no-control-socket",
    }
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=GIVE_UP,
        check=False,
    )
    return done.stdout, done.returncode


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_words_that_mean_nothing_stop_it_with_every_sentence(mistype, tmp_path, command):
    mistype("cases/app.py", 'icon="life-buoy"', 'icon="tpyo"')
    mistype("cases/record_types/case.py", 'subtitle=("account"', 'subtitle=("acount"')
    output, code = start(tmp_path, command)
    assert code not in (0, None)
    assert (
        "cases/record_types/case.py: case: the subtitle names 'acount', which is no field.\n"
        "cases/app.py: cases: block 'cases' has the icon 'tpyo', and there is none of this name.\n"
    ) in output


@pytest.mark.parametrize("name", ["gunicorn", "celery"])
def test_a_misspelt_argument_stops_it_with_a_sentence(mistype, tmp_path, name):
    mistype("cases/app.py", "kinds=", "kidns=")
    output, code = start(tmp_path, COMMANDS[name])
    assert code not in (0, None)
    sentence = "cases/app.py: App.__init__() got an unexpected keyword argument 'kidns'"
    assert f"ImproperlyConfigured: {sentence}\n" in output
