"""Processes we start, and therefore stop."""

import ctypes
import multiprocessing
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypedDict

from crm.launch.faults import LaunchError, StopRequested

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child(Protocol):
    """A process in a session of its own, so that Ctrl-C reaches it only through us, in order.

    Should we be killed outright, the kernel sends it the stop signal (on Linux). That watches the
    thread that started it: start children from the main thread.
    """

    @property
    def name(self) -> str: ...
    @property
    def log(self) -> Path | None: ...

    def exit_code(self) -> int | None: ...
    def ask_to_stop(self) -> None: ...
    def wait(self) -> None:
        """Wait as long as the process may take to stop, then kill it and what it started."""


@dataclass(frozen=True)
class Command:
    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 15


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class Program:
    """A child that runs another program."""

    def __init__(self, command: Command) -> None:
        self.name = command.name
        self.log = command.log
        self.command = command
        with (command.log or Path(os.devnull)).open("ab") as output:
            self.process = subprocess.Popen(
                command.arguments,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: follow_parent(command.stop_signal),  # noqa: PLW1509  (one thread)
                **identity(command.user),
            )

    def exit_code(self) -> int | None:
        return self.process.poll()

    def ask_to_stop(self) -> None:
        if self.exit_code() is None:
            self.process.send_signal(self.command.stop_signal)

    def wait(self) -> None:
        try:
            self.process.wait(self.command.patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Fork:
    """A child that goes on with what this process has loaded already, which saves its start-up."""

    patience = 15

    def __init__(self, *, name: str, log: Path, work: Callable[[], None]) -> None:
        self.name = name
        self.log = log
        self.work = work
        self.process = multiprocessing.get_context("fork").Process(
            target=self.run,
            daemon=True,  # should we end without stopping it, it is ended too
        )
        self.process.start()

    def run(self) -> None:
        os.setsid()
        follow_parent(signal.SIGTERM)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        with self.log.open("ab", buffering=0) as output:
            os.dup2(output.fileno(), sys.stdout.fileno())
            os.dup2(output.fileno(), sys.stderr.fileno())
        if LIBC is not None:
            LIBC.prctl(PR_SET_NAME, f"crm-{self.log.stem}".encode())
        self.work()

    def exit_code(self) -> int | None:
        return self.process.exitcode

    def ask_to_stop(self) -> None:
        if self.exit_code() is None:
            self.process.terminate()

    def wait(self) -> None:
        self.process.join(self.patience)
        if self.exit_code() is None and self.process.pid:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.join()


def follow_parent(stop_signal: signal.Signals) -> None:
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)


def identity(user: int | None) -> Identity:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []}


def stop(child: Child) -> None:
    child.ask_to_stop()
    child.wait()


def last_words(child: Child, lines: int = 12) -> str:
    if child.log is None or not child.log.exists():
        return ""
    return "\n".join(child.log.read_text(errors="replace").splitlines()[-lines:])


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
                raise LaunchError(f"{child.name} ended at once.\n{last_words(child)}")
        if time.monotonic() > deadline:
            raise LaunchError(f"{what} did not answer within {seconds:.0f} s.")
        time.sleep(0.05)
