"""The files of docs/deployment say what the settings and the programs understand."""

import configparser
import re
import shlex
import stat
from importlib import import_module
from pathlib import Path

import pytest
from celery.bin.beat import beat
from celery.bin.worker import worker
from gunicorn.config import Config

from crm.settings import base
from tests.deployment.test_compose import settings_read

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "docs" / "deployment"
NGINX = (FILES / "nginx.conf").read_text()
SECONDS = {"s": 1, "m": 60}


def unit(name):
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(FILES / name)
    return parser


def command(name):
    return shlex.split(unit(name)["Service"]["ExecStart"])


def test_every_variable_of_the_example_is_one_the_settings_read():
    names = re.findall(r"^([A-Z_]+)=", (FILES / "environment").read_text(), re.MULTILINE)
    known = {*settings_read("base"), *settings_read("production"), "DJANGO_SETTINGS_MODULE"}
    assert set(names) <= known
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "TRUSTED_PROXIES"} <= set(names)


def test_gunicorn_knows_every_option_and_the_application():
    program, application, *options = command("crm-web.service")
    assert program == "/opt/crm/venv/bin/gunicorn"
    parsed = Config().parser().parse_args([application, *options])
    assert parsed.worker_class == "gthread"
    module, name = application.split(":")
    assert callable(getattr(import_module(module), name))
    assert "server 127.0.0.1:8000;" in NGINX
    assert parsed.bind == ["127.0.0.1:8000"]


@pytest.mark.parametrize(
    ("name", "subcommand"), [("crm-worker@.service", worker), ("crm-beat.service", beat)]
)
def test_celery_knows_every_option(name, subcommand):
    _program, app_option, app, called, *options = command(name)
    assert (app_option, app, called) == ("--app", "crm", subcommand.name)
    context = subcommand.context_class(subcommand)
    parsed, _, _ = subcommand.make_parser(context).parse_args(options)
    assert parsed["loglevel"] == "WARNING"


@pytest.mark.parametrize("name", ["crm-web.service", "crm-worker@.service", "crm-beat.service"])
def test_every_service_reads_the_settings_and_may_do_little(name):
    service = unit(name)["Service"]
    assert service["EnvironmentFile"] == "/etc/crm.env"
    assert service["User"] == "crm"
    assert service["ProtectSystem"] == "strict"
    assert service["Restart"] == "always"


def test_nginx_passes_on_what_the_settings_take_its_word_for():
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in NGINX
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in NGINX
    assert "proxy_set_header Host $host;" in NGINX


def test_nginx_takes_bodies_above_the_largest_file_and_waits_above_the_longest_statement():
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1])
    assert megabytes * 1_000_000 > base.MAX_FILE_BYTES
    number, size = re.search(r"proxy_read_timeout (\d+)([sm]);", NGINX).groups()
    longest = base.REQUEST_TIME_LIMITS["statement_timeout"] / 1000
    assert int(number) * SECONDS[size] > longest


def test_every_file_is_named_on_the_page_and_every_name_is_a_file():
    page = (ROOT / "docs" / "deployment.md").read_text()
    named = set(re.findall(r"\(deployment/([^)]+)\)", page))
    assert named | {"manage"} == {path.name for path in FILES.iterdir()}
    assert "docs/deployment/manage" in page
    assert (FILES / "manage").stat().st_mode & stat.S_IXUSR
