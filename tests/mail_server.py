"""A real SMTP server in a thread, which can be told to fail at any point of a conversation."""

import asyncio
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

DROP = "drop"


@dataclass(frozen=True)
class Taken:
    """A message for which the final dot has arrived, answered or not."""

    sender: str
    recipient: str
    content: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.content)


class Conversation(SMTP):
    """One connection; the script may end it between the commands."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        recipient = self.envelope.rcpt_tos[-1]
        if self.event_handler.script.next("during", recipient):
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class Script:
    """What happens next, by phase and (from RCPT on) by recipient."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, str], deque[str]] = defaultdict(deque)

    def add(self, phase: str, *answers: str, to: str = "") -> None:
        self._faults[phase, to].extend(answers)

    def next(self, phase: str, recipient: str = "") -> str:
        for key in ((phase, recipient), (phase, "")):
            if self._faults[key]:
                return self._faults[key].popleft()
        return ""


class Handler:
    def __init__(self) -> None:
        self.script = Script()
        self.taken: list[Taken] = []
        self.connections = 0
        self.pause = 0.0
        self.per_connection = 0  # after as many messages it says 421; 0 is no limit
        self.arrived = threading.Event()

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.script.next("mail")
        session.messages = getattr(session, "messages", 0) + 1
        if self.per_connection and session.messages > self.per_connection:
            server.transport.write(b"421 4.7.0 too many messages in this connection\r\n")
            server.transport.close()
            return ""
        if answer == DROP:
            server.transport.abort()
        if answer:
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.script.next("rcpt", address)
        if answer and answer != DROP:
            return answer
        envelope.rcpt_tos.append(address)
        if answer == DROP:
            server.transport.abort()
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        """Called when the final dot has arrived."""
        recipient = envelope.rcpt_tos[-1]
        answer = self.script.next("dot", recipient)
        if not answer or answer == DROP:
            self.taken.append(Taken(envelope.mail_from, recipient, bytes(envelope.content)))
            self.arrived.set()
        if self.pause:
            await asyncio.sleep(self.pause)
        if answer == DROP:
            server.transport.abort()
        return answer or "250 taken"

    @property
    def recipients(self) -> list[str]:
        return [taken.recipient for taken in self.taken]


class Server(Controller):
    def factory(self) -> SMTP:
        return Conversation(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """The first connection goes to the port the system has chosen."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mail_server(settings: Any) -> Iterator[Handler]:
    """The mail server the settings name; gives its handler, which holds script and mail."""
    handler = Handler()
    server = Server(handler, hostname="127.0.0.1", port=0)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5
    settings.EMAIL_MESSAGE_TIMEOUT = 10
    handler.connections = 0
    yield handler
    server.stop()


class HangingServer:
    """Accepts connections and never answers: not a word, or a byte now and then (`trickle`)."""

    def __init__(self, trickle: bytes = b"") -> None:
        self.trickle = trickle
        self.connections: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                self.connections.append(self._listener.accept()[0])
                if self.trickle:
                    threading.Thread(target=self._talk, daemon=True).start()

    def _talk(self) -> None:
        connection = self.connections[-1]
        with suppress(OSError):
            while True:
                connection.sendall(self.trickle)
                time.sleep(0.05)

    def close(self) -> None:
        self._listener.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def hanging_mail_server(settings: Any) -> Iterator[Callable[..., HangingServer]]:
    """Starts a mail server that hangs, and lets the settings name it."""
    servers: list[HangingServer] = []

    def started(trickle: bytes = b"") -> HangingServer:
        servers.append(HangingServer(trickle))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servers[-1].port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 0.3
        settings.EMAIL_MESSAGE_TIMEOUT = 0.5
        return servers[-1]

    yield started
    for server in servers:
        server.close()
