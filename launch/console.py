"""Lines for the person at the terminal: what is being done, and how long it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[None]:
    began = time.monotonic()
    sys.stdout.write(f"  {title} ... ")
    sys.stdout.flush()
    try:
        yield
    except BaseException:
        say("not done")
        raise
    say(f"{time.monotonic() - began:.1f} s")
