"""Production does not start half set up, and nothing falls back to a developer's settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {"SECRET_KEY": "long and random", "ALLOWED_HOSTS": "crm.example.com"}
START = ("-c", "from django.conf import settings; settings.DEBUG")


def start(*words, **variables):
    """Runs a program with the variables of an installation that somebody forgot to name."""
    ours = {"DJANGO_SETTINGS_MODULE", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing."),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the host names"),
        ({"ALLOWED_HOSTS": "crm.example.com,*"}, "'*' is refused"),
    ],
)
def test_production_refuses_with_a_sentence(wrong, sentence):
    module = {"DJANGO_SETTINGS_MODULE": "crm.settings.production"}
    done = start(*START, **module, **{**GIVEN, **wrong})
    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]


PROGRAMS = [
    ("manage.py", "showmigrations"),
    ("-c", "import crm.celery; from django.conf import settings; print(settings.DEBUG)"),
    ("-c", "import crm.wsgi"),
]


@pytest.mark.parametrize("words", PROGRAMS, ids=["manage.py", "celery", "wsgi"])
def test_without_a_settings_module_it_is_production(words):
    assert "SECRET_KEY is missing." in start(*words).stderr


def test_production_is_never_in_debug_mode():
    code = "from django.conf import settings; print(settings.DEBUG, settings.TRUSTED_PROXIES)"
    module = {"DJANGO_SETTINGS_MODULE": "crm.settings.production"}
    assert start("-c", code, **module, **GIVEN, DEBUG="true").stdout == "False 1\n"
