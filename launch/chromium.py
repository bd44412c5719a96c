"""Find a Chromium for the browser tests; on Debian as root, install one that is missing."""

import os
import shutil
import subprocess
import sys

from launch.console import say, step
from launch.faults import LaunchError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-liberation")


def find() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return named if shutil.which(named) else None
    return next((path for path in map(shutil.which, NAMES) if path), None)


def ensure() -> None:
    if find():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise LaunchError(
            "The browser tests need Chromium, and none was found. Install it "
            "(Debian and Ubuntu: apt-get install chromium) or set CHROMIUM to its path."
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
