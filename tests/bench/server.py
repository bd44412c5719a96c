"""The server under measurement, and a client that keeps its connection and its session."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore

from crm.models import User

START_SECONDS = 60
OK, MOVED = 200, 302
FLOOR = "/bench-floor/"


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

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> bytes:
        sent = {"Cookie": self.cookie, **(headers or {})}
        self.connection.request("GET", path, headers=sent)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        return body

    def page(self, path: str) -> "Page":
        return Page(self.get(path))

    def token(self, form: str) -> str:
        """The cookie a form's page sets; good for the header of any request that writes."""
        self.connection.request("GET", form, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        answer.read()
        found = re.search(r"csrftoken=(\w+)", answer.getheader("Set-Cookie") or "")
        if found is None:
            raise RuntimeError(f"{form} has no form to post")
        return found[1]

    def send(self, path: str, data: Mapping[str, Any], token: str, *, htmx: bool = False) -> None:
        headers = {
            "Cookie": f"{self.cookie}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "application/x-www-form-urlencoded",
            **({"HX-Request": "true"} if htmx else {}),
        }
        self.connection.request("POST", path, urlencode(data, doseq=True), headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status not in (OK, MOVED):
            raise RuntimeError(f"posting to {path} answered {answer.status}")

    def post(self, path: str, form: str, data: Mapping[str, Any]) -> None:
        """Fetches the page with the form, then posts; both are what a person waits for."""
        token = self.token(form)
        self.send(path, data, token)


@dataclass(frozen=True)
class Page:
    content: bytes
