"""Processes we start, and therefore stop."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launch.faults import LaunchError, StopRequested

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Command:
    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15


class Child:
    """A process in a session of its own, so that Ctrl-C reaches it only through us, in order.

    Should we be killed outright, the kernel sends it the stop signal (on Linux). That watches the
    thread that started it: start children from the main thread.
    """

    def __init__(self, command: Command) -> None:
        self.command = command
        output = command.log.open("ab") if command.log else subprocess.DEVNULL
        try:
            self.process = subprocess.Popen(
                command.arguments,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_follower(command.stop_signal),  # noqa: PLW1509  (no threads yet)
                **_identity(command.user),
            )
        finally:
            if command.log:
                output.close()

    @property
    def name(self) -> str:
        return self.command.name

    def exit_code(self) -> int | None:
        return self.process.poll()

    def ask_to_stop(self) -> None:
        if self.exit_code() is None:
            self.process.send_signal(self.command.stop_signal)

    def wait(self) -> None:
        """Wait as long as the process may take to stop, then kill it and what it started."""
        try:
            self.process.wait(self.command.patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        self.ask_to_stop()
        self.wait()

    def last_words(self, lines: int = 12) -> str:
        if self.command.log is None:
            return ""
        return "\n".join(self.command.log.read_text(errors="replace").splitlines()[-lines:])


def _follower(stop_signal: signal.Signals) -> Callable[[], None]:
    def follow() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)

    return follow


def _identity(user: int | None) -> dict[str, object]:
    if user is None:
        return {}
    return {"user": user, "group": user_group(user), "extra_groups": []}


def user_group(user: int) -> int:
    import pwd

    return pwd.getpwuid(user).pw_gid


def never() -> bool:
    return False


def wait_until(
    ready: Callable[[], bool],
    *,
    children: Sequence[Child],
    seconds: float,
    what: str,
    stopping: Callable[[], bool] = never,
) -> None:
    """Poll until ready; give up when a child ends, when told to stop, or when time is up."""
    deadline = time.monotonic() + seconds
    while not ready():
        if stopping():
            raise StopRequested
        for child in children:
            if child.exit_code() is not None:
                raise LaunchError(f"{child.name} ended at once.\n{child.last_words()}")
        if time.monotonic() > deadline:
            raise LaunchError(f"{what} did not answer within {seconds:.0f} s.")
        time.sleep(0.05)
