"""One id follows a request into logs, statements, tasks, mails and the page of an error."""

import json
import logging

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.celery import begin_work, end_work, hand_on_request_id
from crm.frame.tasks import send_password_reset
from crm.mail.transport import open_transport
from crm.runtime.logs import JsonFormatter
from crm.runtime.work import Work, WorkFilter, current_work, request_id, working
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db
GIVEN = "0123456789abcdef"


@pytest.fixture
def trusted(settings):
    settings.TRUSTED_PROXIES = 1


def lines(caplog, name="crm.requests"):
    return [record for record in caplog.records if record.name == name]


def test_the_proxys_id_is_answered_and_logged_with_route_user_and_time(
    owner, sign_in, trusted, caplog
):
    caplog.handler.addFilter(WorkFilter())
    with caplog.at_level(logging.INFO, "crm.requests"):
        answer = sign_in(owner).get("/accounts/?q=secret", headers={"X-Request-ID": GIVEN})
    assert answer["X-Request-ID"] == GIVEN
    (line,) = lines(caplog)
    assert (line.request_id, line.user_id) == (GIVEN, owner.pk)
    assert (line.route, line.status) == ("records:list", 200)
    assert line.duration_ms > 0
    assert "secret" not in line.getMessage()
    assert request_id() == ""


@pytest.mark.parametrize("given", ["short", "x" * 65, "a'*/; DROP TABLE x; --", "ünïcödé-ünïcödé"])
def test_an_id_that_is_none_is_not_taken(client, trusted, given):
    answer = client.get("/user/login/", HTTP_X_REQUEST_ID=given)
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 16


def test_without_a_proxy_nobody_chooses_the_id(client):
    assert client.get("/user/login/", HTTP_X_REQUEST_ID=GIVEN)["X-Request-ID"] != GIVEN


def test_statements_say_who_asks(owner, sign_in, trusted):
    client = sign_in(owner)
    with CaptureQueriesContext(connection) as asked:
        client.get("/preferences/", headers={"X-Request-ID": GIVEN})
    comment = f"/*request_id='{GIVEN}',route='preferences'*/"
    assert [q["sql"] for q in asked.captured_queries if comment in q["sql"]]


def test_a_transaction_that_writes_has_the_id_for_its_applications_name(owner, sign_in, trusted):
    account = make_account(owner)
    url = f"/accounts/{account.pk}/delete/"
    with CaptureQueriesContext(connection) as asked:
        sign_in(owner).post(url, {"version": account.version}, headers={"X-Request-ID": GIVEN})
    assert [q for q in asked.captured_queries if f"'crm {GIVEN}'" in q["sql"]]


def test_a_mail_carries_the_id(mailoutbox):
    with working(Work(GIVEN)), open_transport() as transport:
        transport.deliver(EmailMessage("s", "b", "a@x.example", ["b@x.example"]))
    assert mailoutbox[0].message()["X-CRM-Request"] == GIVEN


def test_a_task_goes_on_under_the_id_of_its_request(caplog):
    headers = {}
    with working(Work(GIVEN)):
        hand_on_request_id(headers=headers)
    task = send_password_reset
    task.push_request(**headers)
    with caplog.at_level(logging.INFO, "crm.tasks"):
        begin_work(task=task, task_id="f" * 36)
        assert request_id() == GIVEN
        end_work(task=task, state="SUCCESS")
    task.pop_request()
    assert current_work() is None
    assert len(lines(caplog, "crm.tasks")) == 1


def test_a_sweep_that_finds_nothing_writes_no_line(caplog):
    task = send_password_reset
    with caplog.at_level(logging.INFO, "crm.tasks"):
        begin_work(task=task, task_id="f" * 36)
        end_work(task=task, state="SUCCESS")
    assert lines(caplog, "crm.tasks") == []
    begin_work(task=task, task_id="f" * 36)
    end_work(task=task, state="FAILURE")
    assert len(lines(caplog, "crm.tasks")) == 1


def test_the_page_of_an_error_shows_the_id(client, trusted, monkeypatch):
    monkeypatch.setattr("allauth.account.views.LoginView.get", lambda *_args, **_kw: 1 / 0)
    client.raise_request_exception = False
    answer = client.get("/user/login/", headers={"X-Request-ID": GIVEN})
    assert answer.status_code == 500
    assert GIVEN in answer.content.decode()


def test_json_has_one_object_a_line():
    record = logging.LogRecord("crm", logging.ERROR, "f", 1, "Odd: %s", ('"\n',), None)
    record.status = 500
    with working(Work(GIVEN, route="today", user_id=7)):
        WorkFilter().filter(record)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    told = json.loads(line)
    assert told["message"] == 'Odd: "\n'
    assert (told["request_id"], told["user_id"], told["route"]) == (GIVEN, 7, "today")
    assert (told["level"], told["logger"], told["status"]) == ("error", "crm", 500)


def test_what_is_asked_of_health_writes_no_line(client, caplog):
    with caplog.at_level(logging.INFO):
        client.get("/healthz")
    assert lines(caplog) == []
