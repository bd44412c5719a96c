"""docker-compose.yml, Dockerfile and the settings say the same. No Docker engine is needed."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from celery.bin.beat import beat
from celery.bin.worker import worker
from gunicorn.config import Config

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("web", "worker", "scheduler", "migrate")
SERVERS = ("database", "redis")


def settings_read(name: str) -> dict[str, bool]:
    """Environment variables a settings module reads; True where it cannot do without."""
    tree = ast.parse((ROOT / "crm" / "settings" / f"{name}.py").read_text())
    return {
        call.args[0].value: not any(keyword.arg == "default" for keyword in call.keywords)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).split(".")[0] == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


READ = {**settings_read("base"), **settings_read("production")}


def test_the_services_are_those_a_production_needs():
    assert set(COMPOSE["services"]) == {*OURS, *SERVERS}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_to_our_services_is_one_the_settings_read(name):
    given = set(COMPOSE["services"][name]["environment"]) - {"DJANGO_SETTINGS_MODULE"}
    assert given <= set(READ)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_the_settings_read_is_passed_on_or_fixed_by_the_image(name):
    image = set(re.findall(r"([A-Z][A-Z_]+)=", DOCKERFILE.rpartition("\nFROM ")[2]))
    # FILES_DIR follows CRM_HOME, which is the volume: another folder would be lost.
    fixed = {"STATIC_ROOT", "CRM_HOME", "FILES_DIR"}
    assert fixed - image == {"FILES_DIR"}
    assert set(READ) - set(COMPOSE["services"][name]["environment"]) == fixed


def test_what_compose_falls_back_to_is_what_the_settings_fall_back_to():
    given = COMPOSE["services"]["web"]["environment"]
    for name, default in defaults_of("base", "production").items():
        passed = re.fullmatch(rf"\${{{name}:-(.*)}}", str(given.get(name, "")))
        if passed and name != "CELERY_BROKER_URL":
            assert passed[1] == default, name
    assert given["CELERY_BROKER_URL"].endswith(f":-{given['REDIS_URL']}}}")


def defaults_of(*modules: str) -> dict[str, str]:
    """The defaults of the variables, as one would write them in an environment."""
    found = {}
    for name in modules:
        tree = ast.parse((ROOT / "crm" / "settings" / f"{name}.py").read_text())
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("env"):
                for keyword in call.keywords:
                    found[ast.literal_eval(call.args[0])] = written(keyword.value)
    return found


def written(default: ast.expr) -> str:
    try:
        value = eval(ast.unparse(default), {})  # noqa: S307  (our own settings)
    except NameError:
        return ""
    return "" if value == [] else str(value).lower() if value in (True, False) else str(value)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_the_settings_cannot_do_without_is_given(name):
    required = {variable for variable, is_required in READ.items() if is_required}
    assert required == {"EMAIL_URL"}  # read only where there is one
    assert {"SECRET_KEY", "ALLOWED_HOSTS"} <= set(COMPOSE["services"][name]["environment"])


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_the_production_settings_without_privileges(name):
    service = COMPOSE["services"][name]
    assert service["environment"]["DJANGO_SETTINGS_MODULE"] == "crm.settings.production"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_secrets_have_no_default_and_stop_the_start_when_missing():
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "POSTGRES_PASSWORD", "EMAIL_URL"):
        assert re.findall(rf"\${{{name}\b([^}}_A-Z]{{0,2}})", text), name
        assert set(re.findall(rf"\${{{name}\b([^}}_A-Z]{{0,2}})", text)) == {":?"}, name


@pytest.mark.parametrize("name", ["web", "worker", "scheduler", *SERVERS])
def test_every_lasting_service_has_a_health_check(name):
    service = COMPOSE["services"][name]
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["web", "worker", "scheduler"])
def test_nothing_starts_before_the_migrations_are_through(name):
    assert COMPOSE["services"][name]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "database": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }


def test_migrations_are_a_step_of_their_own():
    migrate = COMPOSE["services"]["migrate"]
    assert migrate["command"] == ["python", "manage.py", "migrate", "--no-input"]
    assert migrate["restart"] == "no"


def test_the_database_is_postgresql_18_set_up_as_the_embedded_one_is():
    database = COMPOSE["services"]["database"]
    assert database["image"].startswith("postgres:18")
    initdb = (ROOT / "crm" / "launch" / "postgres.py").read_text()
    for word in ("builtin", "C.UTF-8"):
        assert word in database["environment"]["POSTGRES_INITDB_ARGS"]
        assert word in initdb


def test_volumes_that_are_mounted_are_declared():
    mounted = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service["volumes"]
    }
    assert mounted == set(COMPOSE["volumes"])


@pytest.mark.parametrize(("name", "command"), [("worker", worker), ("scheduler", beat)])
def test_celery_knows_every_option_of_its_command_line(name, command):
    program, app_option, app, subcommand, *options = COMPOSE["services"][name]["command"]
    assert (program, app_option, app) == ("celery", "--app", "crm")
    assert subcommand == command.name
    parsed, _, _ = command.make_parser(command.context_class(command)).parse_args(list(options))
    assert parsed["loglevel"] == "INFO"


def test_gunicorn_knows_every_option_of_its_command_line():
    program, application, *options = docker_command()
    assert program == "gunicorn"
    parsed = Config().parser().parse_args([application, *options])
    assert parsed.worker_class == "gthread"
    module, name = application.split(":")
    assert callable(getattr(import_module(module), name))


def docker_command() -> list[str]:
    words = re.search(r"^CMD (\[.*?\])$", DOCKERFILE, re.MULTILINE | re.DOTALL)
    assert words is not None
    return ast.literal_eval(words[1].replace("\\\n", ""))


def test_the_image_runs_as_an_ordinary_user():
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)", final, re.MULTILINE) == ["crm"]
    assert "--uid 10001" in final


def test_what_the_image_copies_is_let_through_and_nothing_else_is():
    lines = (ROOT / ".dockerignore").read_text().split()
    assert lines[0] == "*"
    let_through = {line[1:] for line in lines if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert packages <= let_through
    assert {"crm", "manage.py", "requirements.txt", "static", "templates"} <= let_through
    assert not let_through & {"var", ".venv", ".git", "tests"}


def test_every_variable_of_the_settings_is_explained():
    text = (ROOT / "docs" / "deployment.md").read_text()
    known = {*READ, *settings_read("dev")}
    assert [name for name in sorted(known) if f"`{name}`" not in text] == []
