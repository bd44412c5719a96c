"""Find a Chromium for the browser tests; on Debian as root, install one that is missing."""

import ctypes
import os
import shutil
import subprocess
import sys

from crm.launch.console import say, step
from crm.launch.faults import LaunchError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The driver of Playwright links to a library that a minimal Debian lacks.
DRIVER_NEEDS = "libatomic.so.1"
PACKAGES = ("chromium", "fonts-liberation", "libatomic1")


def find() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return named if shutil.which(named) else None
    return next((path for path in map(shutil.which, NAMES) if path), None)


def driver_can_start() -> bool:
    try:
        ctypes.CDLL(DRIVER_NEEDS)
    except OSError:
        return sys.platform != "linux"
    return True


def ensure() -> None:
    if find() and driver_can_start():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise LaunchError(
            "The browser tests need Chromium and libatomic. Install them (Debian and Ubuntu: "
            "apt-get install chromium libatomic1), or set CHROMIUM to the path of one."
        )
    with step("Installing Chromium for the browser tests"):
        apt_get("update")
        apt_get("install", "--yes", "--no-install-recommends", *PACKAGES)


def apt_get(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", "--quiet", "--quiet", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode:
        raise LaunchError(f"apt-get {arguments[0]} failed.\n{done.stderr.strip()}")


if __name__ == "__main__":
    try:
        ensure()
    except LaunchError as error:
        say(str(error))
        sys.exit(1)
