"""Lines for the person at the terminal: what is being done, and how long it took."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def say(text: str = "", *, end: str = "\n") -> None:
    """Whoever closed the terminal or the pipe has no need of the line, and what runs goes on."""
    try:
        sys.stdout.write(f"{text}{end}")
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """A line for what is being done and how long it took; details told get lines of their own."""
    began = time.monotonic()
    details: list[str] = []

    def tell(detail: str) -> None:
        say(f"\n      {detail}" if not details else f"      {detail}")
        details.append(detail)

    say(f"  {title} ... ", end="")
    try:
        yield tell
    except BaseException:
        say("not done")
        raise
    took = f"{time.monotonic() - began:.1f} s"
    say(f"      {took}" if details else took)


class LogReader:
    """The whole lines a growing log got since last asked."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.position = 0

    def new_lines(self) -> list[str]:
        with self.log.open("rb") as log:
            log.seek(self.position)
            whole = log.read().rpartition(b"\n")[0]
        if whole:
            self.position += len(whole) + 1
        return [line for line in whole.decode(errors="replace").splitlines() if line.strip()]
