"""The longest time one message may take, whatever the server does meanwhile.

A time-out of a socket ends a wait for the next byte, so that a server which says one byte now and
then keeps a conversation going for ever. A deadline therefore ends the connection itself.
"""

import smtplib
import socket
import threading
import time
from contextlib import suppress
from typing import Any


class Deadline:
    """Shuts a connection down when its seconds are over; reading from it then ends at once."""

    def __init__(self) -> None:
        self.has_passed = False
        self._ends_at = 0.0
        self._timer: threading.Timer | None = None
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def start(self, seconds: float) -> None:
        self.stop()
        self.has_passed = False
        self._ends_at = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def remaining(self) -> float:
        return max(0.1, self._ends_at - time.monotonic())

    def watch(self, connected: socket.socket) -> None:
        """Watches a duplicate: TLS takes the socket over and leaves the original without one."""
        with self._lock:
            self._close()
            self._socket = connected.dup()
            if self.has_passed:
                self._shut_down()

    def close(self) -> None:
        self.stop()
        with self._lock:
            self._close()

    def _pass(self) -> None:
        with self._lock:
            self.has_passed = True
            self._shut_down()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class WatchedSmtp(smtplib.SMTP):
    """A conversation whose deadline holds from its first byte, the greeting included."""

    def __init__(self, *args: Any, deadline: Deadline, **options: Any) -> None:
        self.deadline = deadline
        super().__init__(*args, **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        # smtplib's own place to replace how a connection is made; SMTP_SSL wraps what it returns.
        connected: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self.deadline.watch(connected)
        return connected


class WatchedSmtpSsl(smtplib.SMTP_SSL, WatchedSmtp):
    """The same, encrypted from the start; the deadline holds from the TLS handshake on."""

    def __init__(self, *args: Any, deadline: Deadline, **options: Any) -> None:
        self.deadline = deadline
        smtplib.SMTP_SSL.__init__(self, *args, **options)  # calls SMTP's own by name
