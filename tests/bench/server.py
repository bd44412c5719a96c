"""The server under measurement, and a client that keeps its connection and its session."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore

from crm.models import User

START_SECONDS = 60
OK = 200


class Server:
    """gunicorn with two threaded workers on a free port of the loopback."""

    def __enter__(self) -> "Server":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            *(sys.executable, "-m", "gunicorn", "crm.wsgi:application", "--workers", "2"),
            *("--worker-class", "gthread", "--threads", "4", "--keep-alive", "120"),
            *("--log-level", "error"),
            *("--bind", f"127.0.0.1:{self.port}"),
        ]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
        self.process = subprocess.Popen(command, env=environment)
        self._wait()
        return self

    def _wait(self) -> None:
        for _try in range(START_SECONDS * 5):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError("The server under measurement did not start.")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


class Client:
    """Signed in as one user."""

    def __init__(self, server: Server, user: User) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        self.cookie = f"sessionid={session.session_key}"

    def get(self, path: str) -> bytes:
        self.connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        return body

    def post(self, path: str, form: str, data: dict[str, str]) -> int:
        """Fetches the page with the form for its token, then posts; returns the status."""
        self.connection.request("GET", form, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        page = answer.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        set_cookie = re.search(r"csrftoken=(\w+)", answer.getheader("Set-Cookie") or "")
        if token is None or set_cookie is None:
            raise RuntimeError(f"{form} has no form to post")
        body = urlencode({**data, "csrfmiddlewaretoken": token[1]})
        headers = {
            "Cookie": f"{self.cookie}; csrftoken={set_cookie[1]}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status
