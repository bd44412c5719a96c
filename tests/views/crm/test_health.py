"""/healthz: what a load balancer and `make run` go by."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from crm.runtime import health

pytestmark = [pytest.mark.django_db, pytest.mark.unannounced]


@pytest.fixture(autouse=True)
def _fresh(settings, monkeypatch):
    settings.HEALTH_NEEDS_WORKER = False
    monkeypatch.setattr(health, "redis_answers", lambda: True)
    monkeypatch.setattr(health._seen, "migrated", False)


def test_all_well_answers_200_and_says_so(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"database": True, "migrations": True, "redis": True}
    assert "no-store" in answer["Cache-Control"]


def test_a_probe_by_address_and_plain_http_is_answered(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["crm.example.com"]
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_an_unreachable_database_answers_503(client, monkeypatch):
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"database": False, "migrations": False, "redis": True}


def test_a_missing_migration_answers_503(client, monkeypatch):
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["0002"])
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] is False


def test_an_unreachable_redis_answers_503(client, monkeypatch, settings):
    monkeypatch.undo()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["redis"] is False


def test_where_a_worker_is_needed_its_heartbeat_counts(client, settings):
    settings.HEALTH_NEEDS_WORKER = True
    health.note_worker_gone()
    assert client.get("/healthz").status_code == 503
    health.note_worker_alive()
    assert client.get("/healthz").json()["worker"] is True
    health.note_worker_gone()
    assert client.get("/healthz").json()["worker"] is False
