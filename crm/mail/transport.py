"""Handing one message to the mail server, and knowing afterwards what became of it.

An SMTP server has taken a message when it answers the final dot with 250. Before the dot it has
taken nothing, whatever breaks; between the dot and the answer nobody can know (RFC 1047). Django's
own back-end does not tell these apart, so the conversation is held here step by step.
"""

import re
import select
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.errors import MessageError
from email.utils import parseaddr
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.core.mail.utils import DNS_NAME
from django.utils.translation import gettext as _

from crm.mail.deadline import Deadline, WatchedSmtp, WatchedSmtpSsl
from crm.mail.holding import mail_is_held
from crm.runtime.work import MAIL_HEADER, request_id

OK, CLOSING, TEMPORARY, PERMANENT = 250, 421, 400, 500
GO_AHEAD, WILL_FORWARD = 354, 251
LONGEST_REPLY = 250
# Before the final dot a server near by gets this long to say that it has given up meanwhile: then
# the message was certainly not taken, and nobody's fate becomes unknown.
LISTEN_MS = 2
# A large message may take longer by its size: bytes a second that a slow line carries.
SLOWEST_LINE = 100_000

_FIRST_DOTS = re.compile(rb"(?m)^\.")


class DeliveryFailure(Exception):
    """Why a message was not, or may not have been, taken. The text is for people."""


class Refused(DeliveryFailure):
    """The server will never take this message to this address."""


class NotNow(DeliveryFailure):
    """The server did not take it now; later it may."""


class ServerTrouble(DeliveryFailure):
    """No message gets through at present. This one was not taken."""


class OutcomeUnknown(DeliveryFailure):
    """The message was handed over, and no answer came."""


class Transport(Protocol):
    def deliver(self, message: EmailMessage) -> None:
        """Returns when the server has taken the message; raises DeliveryFailure otherwise."""


@contextmanager
def open_transport(*, seconds: float | None = None) -> Iterator[Transport]:
    """One connection for many messages; opened with the first of them.

    In a copy of the data it takes nothing (`crm.mail.holding`).
    `seconds` bounds each message, connecting included; without it EMAIL_MESSAGE_TIMEOUT does.
    """
    if mail_is_held():
        yield HeldTransport()
        return
    connection = get_connection()
    if isinstance(connection, EmailBackend):
        transport = SmtpTransport(connection, seconds or settings.EMAIL_MESSAGE_TIMEOUT)
        try:
            yield transport
        finally:
            transport.close()
    else:
        yield BackendTransport(connection)


class HeldTransport:
    """Of a copy of the data: takes nothing."""

    def deliver(self, message: EmailMessage) -> None:
        raise ServerTrouble(_("Mail is held until an administrator lets it go, under Settings."))


class BackendTransport:
    """Any back-end that is no SMTP connection: the mailbox inside the CRM, tests."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def deliver(self, message: EmailMessage) -> None:
        _written(message)
        try:
            taken = self._connection.send_messages([message])
        except (smtplib.SMTPException, OSError) as error:
            raise OutcomeUnknown(str(error)) from error
        if not taken:
            raise Refused("")


class SmtpTransport:
    """A conversation with the server that `backend` describes."""

    def __init__(self, backend: EmailBackend, seconds: float) -> None:
        self._backend = backend
        self._seconds = seconds
        self._patience = min(seconds, backend.timeout or seconds)  # for one answer
        self._deadline = Deadline()
        self._connection: smtplib.SMTP | None = None
        self._has_delivered = False

    def close(self) -> None:
        server, self._connection = self._connection, None
        if server is not None:
            self._deadline.start(self._patience)
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()
        self._deadline.close()

    def _drop(self) -> None:
        """Forgets a connection on which nothing more can be said."""
        server, self._connection = self._connection, None
        if server is not None:
            server.close()

    def deliver(self, message: EmailMessage) -> None:
        """Hands a message over, within a bounded time.

        Many servers end a connection after some number of messages, with a 421 or without a word.
        Where a connection served before, a new one is tried at once.
        """
        payload, sender, recipients = _written(message)
        self._deadline.start(self._seconds + len(payload) / SLOWEST_LINE)
        try:
            served_before = self._has_delivered and self._connection is not None
            try:
                self._deliver(payload, sender, recipients)
            except ServerTrouble:
                if not served_before or self._deadline.has_passed:
                    raise
                self._drop()
                self._deliver(payload, sender, recipients)
        finally:
            self._deadline.stop()

    def _deliver(self, payload: bytes, sender: str, recipients: list[str]) -> None:
        server = self._server()
        try:
            self._envelope(server, sender, recipients)
            self._begin(server, payload)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise ServerTrouble(self._said(error)) from error
        self._finish(server)
        self._has_delivered = True

    def _server(self) -> smtplib.SMTP:
        if self._connection is None:
            self._has_delivered = False
            try:
                self._connection = self._opened()
            except (smtplib.SMTPException, OSError) as error:
                raise ServerTrouble(self._said(error)) from error
        return self._connection

    def _opened(self) -> smtplib.SMTP:
        """As the back-end opens one; a server that hangs at any step is closed."""
        backend = self._backend
        options: dict[str, Any] = {
            "local_hostname": DNS_NAME.get_fqdn(),
            "timeout": self._patience,
            "deadline": self._deadline,
        }
        if backend.use_ssl:
            encrypted = {**options, "context": backend.ssl_context}
            server: smtplib.SMTP = WatchedSmtpSsl(backend.host, backend.port, **encrypted)
        else:
            server = WatchedSmtp(backend.host, backend.port, **options)
        try:
            if backend.use_tls and not backend.use_ssl:
                server.starttls(context=backend.ssl_context)
            if backend.username and backend.password:
                server.login(backend.username, backend.password)
            server.ehlo_or_helo_if_needed()
            _send_at_once(server)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server

    def _envelope(self, server: smtplib.SMTP, sender: str, recipients: list[str]) -> None:
        code, reply = server.mail(sender)
        if code != OK:
            self._drop()
            raise ServerTrouble(_reply(code, reply))
        for recipient in recipients:
            code, reply = server.rcpt(recipient)
            if code not in (OK, WILL_FORWARD):
                self._refuse(server, code, reply)

    def _begin(self, server: smtplib.SMTP, payload: bytes) -> None:
        """Everything up to the final dot."""
        code, reply = server.docmd("DATA")
        if code != GO_AHEAD:
            self._refuse(server, code, reply)
        self._wait_to_the_deadline(server)
        server.send(payload)
        if server.sock is None or _has_something_to_say(server.sock):
            # The server speaks, or is gone, before it was told that the message is complete.
            self._drop()
            raise ServerTrouble(_("The connection ended during the message."))

    def _wait_to_the_deadline(self, server: smtplib.SMTP) -> None:
        """The content is sent and examined as a whole; its answer decides the message's fate."""
        if server.sock is not None:
            server.sock.settimeout(self._deadline.remaining() + 1)  # the deadline comes first

    def _finish(self, server: smtplib.SMTP) -> None:
        try:
            server.send(b".\r\n")
            code, reply = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise OutcomeUnknown(self._said(error)) from error
        if server.sock is not None:
            server.sock.settimeout(self._patience)
        if code != OK:
            self._refuse(server, code, reply)

    def _said(self, error: Exception) -> str:
        if self._deadline.has_passed:
            return _("The mail server took too long.")
        return _said(error)

    def _refuse(self, server: smtplib.SMTP, code: int, reply: bytes) -> None:
        told = _reply(code, reply)
        if code == CLOSING or not TEMPORARY <= code < PERMANENT + 100:
            self._drop()
            raise ServerTrouble(told)
        self._reset(server)
        raise Refused(told) if code >= PERMANENT else NotNow(told)

    def _reset(self, server: smtplib.SMTP) -> None:
        try:
            server.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()


def _written(message: EmailMessage) -> tuple[bytes, str, list[str]]:
    """The message's bytes, its sender and recipients, as the server is told them."""
    if request_id():
        message.extra_headers.setdefault(MAIL_HEADER, request_id())
    encoding = message.encoding or settings.DEFAULT_CHARSET
    try:
        sender, *recipients = (
            parseaddr(sanitize_address(address, encoding))[1]
            for address in (message.from_email, *message.recipients())
        )
        return _payload(message), sender, recipients
    except (ValueError, MessageError) as error:
        raise Refused(_("The message can't be written: %(error)s") % {"error": error}) from error


def _send_at_once(server: Any) -> None:
    """Lets the final dot follow its message unasked.

    The two leave apart, and held back until the first is acknowledged, which a waiting server
    puts off for 40 ms, a mailing would go out at 25 a second.
    """
    if server.sock is not None:
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _has_something_to_say(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(LISTEN_MS))


def _payload(message: EmailMessage) -> bytes:
    """The bytes between DATA and the final dot, lines that begin with a dot protected."""
    data = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    data = _FIRST_DOTS.sub(b"..", data)
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _reply(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"[:LONGEST_REPLY]


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return (str(error) or type(error).__name__)[:LONGEST_REPLY]
