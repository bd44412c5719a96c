"""A type is changed while two servers run: both show it on the next request."""

import http.client
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.concurrency.crm import custom_columns
from tests.factories.leads import make_lead
from tests.servers import address_of

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60


class Server:
    """gunicorn with one worker of its own."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {
            **os.environ,
            "DATABASE_URL": address_of(connection.settings_dict["NAME"]),
            "DJANGO_SETTINGS_MODULE": "tests.concurrency.crm.custom_columns_settings",
        }
        command = [
            *(sys.executable, "-m", "gunicorn", "crm.wsgi:application", "--log-level", "error"),
            *("--preload", "--no-control-socket", "--bind", f"127.0.0.1:{self.port}"),
        ]
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT)

    def wait(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("The server did not start.")

    def get(self, path, cookie):
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        there.request("GET", path, headers={"Cookie": f"sessionid={cookie}"})
        answer = there.getresponse()
        page = answer.read().decode()
        there.close()
        assert answer.status == 200, page
        return page

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


@pytest.fixture
def table():
    with connection.cursor() as cursor:
        cursor.execute(custom_columns.DROP)
        cursor.execute(custom_columns.CREATE)
        yield cursor
        cursor.execute(custom_columns.DROP)


@pytest.fixture
def servers(table):
    started = [Server(), Server()]
    try:
        for server in started:
            server.wait()
        yield started
    finally:
        for server in started:
            server.stop()


def test_both_servers_show_a_changed_type_on_the_next_request(servers, table, owner, sign_in):
    make_lead(owner)
    cookie = sign_in(owner).cookies["sessionid"].value

    def has_column(label):
        pages = [server.get("/leads/?cols=*", cookie) for server in servers]
        return [f">{label}" in page for page in pages]

    assert has_column("Website") == [False, False]
    table.execute("INSERT INTO custom_column VALUES ('lead', 'website')")
    assert has_column("Website") == [True, True]
    table.execute("DELETE FROM custom_column")
    assert has_column("Website") == [False, False]
