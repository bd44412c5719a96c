"""What Prometheus collects: for its token or an administrator, and true."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from crm import clock
from crm.models import Activity, ImportJob, Notification
from crm.runtime import metrics
from tests.factories.accounts import make_contact
from tests.factories.marketing import give_address, make_list, make_mailing

pytestmark = pytest.mark.django_db
TOKEN = "a token of the operators"


@pytest.fixture
def collect(client, settings):
    """The values by (name, labels)."""
    settings.METRICS_TOKEN = TOKEN

    def collected():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain; version=")
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(answer.content.decode())
            for sample in family.samples
        }

    return collected


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_nobody_else_collects(client, settings, given):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 403
    assert "crm_" not in answer.content.decode()


def test_no_token_is_no_way_in(client):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


def test_an_administrator_may_look_and_nobody_else_who_logs_in(admin, owner, sign_in):
    assert sign_in(owner).get("/metrics").status_code == 403
    assert "crm_mail_held" in sign_in(admin).get("/metrics").content.decode()


def test_requests_are_counted_by_route_and_status_and_not_by_address(owner, sign_in, collect):
    key = ("crm_requests_total", "200", "records:list")
    before = collect().get(key, 0)
    sign_in(owner).get("/accounts/?q=a")
    sign_in(owner).get("/contacts/")
    after = collect()
    assert after[key] == before + 2
    assert after["crm_request_seconds_count", "records:list"] >= 2
    assert not [name for name in after if "/accounts/" in str(name)]


def test_what_waits_is_as_old_as_it_is(owner, marketer, collect):
    assert collect()["crm_oldest_unsent_mail_seconds", "record"] == 0
    hour_ago = clock.now() - timedelta(hours=1)
    mail = Activity.objects.create(
        kind="email", subject="x", owner=owner, happened_at=hour_ago, delivery="pending"
    )
    Activity.objects.filter(pk=mail.pk).update(created_at=hour_ago)
    Notification.objects.create(recipient=owner, kind="assigned", mail="pending", at=hour_ago)
    ImportJob.objects.create(
        target="account", file_name="a", created_by=owner, created_at=hour_ago, state="running"
    )
    found = collect()
    for name in (
        ("crm_oldest_unsent_mail_seconds", "record"),
        ("crm_oldest_unsent_mail_seconds", "notification"),
        ("crm_oldest_import_seconds", "running"),
    ):
        assert 3600 <= found[name] < 3660, name
    assert found["crm_oldest_import_seconds", "checking"] == 0
    assert found["crm_oldest_unsent_mail_seconds", "mailing"] == 0
    assert found["crm_mail_held", "outgoing"] == 0


def test_recipients_of_a_running_mailing_wait_too(marketer, as_actor, collect):
    from marketing.models import Recipient
    from marketing.services import launch_mailing

    give_address()
    mailing = make_mailing(
        marketer, make_list(marketer, make_contact(marketer, email="a@x.example"))
    )
    launch_mailing(
        actor=as_actor(marketer),
        record_id=mailing.pk,
        version=None,
        site_url="https://crm.example/",
        rate_per_minute=60,
    )
    Recipient.objects.update(due_at=clock.now() - timedelta(minutes=2))
    assert 120 <= collect()["crm_oldest_unsent_mail_seconds", "mailing"] < 180


def test_a_broker_that_is_gone_costs_its_figures_alone(collect, monkeypatch):
    def gone():
        raise OSError

    monkeypatch.setattr("crm.administration.measures.current_app.connection_for_read", gone)
    found = collect()
    assert not [name for name in found if name[0] == "crm_queue_tasks"]
    assert ("crm_mail_held", "outgoing") in found


def test_counters_of_processes_that_ended_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    (tmp_path / "counter_999999999.db").touch()
    (tmp_path / "counter_1.db").touch()
    (tmp_path / "else.txt").touch()
    metrics.forget_ended_processes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counter_1.db", "else.txt"]
