"""Make the virtual environment what the lock says, then run a module in it.

python3 crm/launch/environment.py [--dev] [MODULE ARGUMENT ...]

Runs on a bare Python: standard library only.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (an older Python must be told, not crash below)
    sys.exit(
        "This needs Python 3.11 or later, and {} is {}.{}. "
        "Name another one: make run PYTHON=python3.12".format(sys.executable, *sys.version_info[:2])
    )

import hashlib
import json
import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = Path(os.environ.get("VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
UV_LOCK = Path(__file__).resolve().parent / "uv.txt"
RUN_LOCK = ROOT / "requirements.txt"
DEV_LOCK = ROOT / "requirements-dev.txt"


def main() -> None:
    arguments = sys.argv[1:]
    dev = arguments[:1] == ["--dev"]
    module = arguments[1:] if dev else arguments
    ensure_environment(lock=DEV_LOCK if dev else RUN_LOCK)
    if module:
        # The same process goes on, so that a signal reaches whoever must stop the servers.
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", *module])  # noqa: S606


def ensure_environment(*, lock: Path) -> None:
    installed = installed_locks()
    wanted = digest(lock)
    if installed.get(lock.name) == wanted:
        return
    if not PYTHON.exists():
        with progress("Creating the virtual environment"):
            create_venv()
    STAMP.unlink(missing_ok=True)
    with progress("Installing the packages of " + lock.name):
        install(lock)
    covered = {lock.name: wanted}
    if lock == DEV_LOCK:
        covered[RUN_LOCK.name] = digest(RUN_LOCK)
    STAMP.write_text(json.dumps(covered))


def installed_locks() -> dict[str, str]:
    """Which locks the environment was made from; nothing when its Python is gone."""
    if not (STAMP.exists() and PYTHON.exists()):
        return {}
    try:
        installed: dict[str, str] = json.loads(STAMP.read_text())
    except ValueError:
        return {}
    return installed


def digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def create_venv() -> None:
    """Debian splits venv into a package of its own: as root get it, else make do with a pip."""
    if made_venv() or (may_install_packages() and installed_venv_module() and made_venv()):
        return
    if made_venv("--without-pip") and pip_outside():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    sys.exit(
        "Python cannot create a virtual environment here. On Debian and Ubuntu: "
        "apt-get install python3-venv"
    )


def made_venv(*options: str) -> bool:
    shutil.rmtree(VENV, ignore_errors=True)
    return succeeds(sys.executable, "-m", "venv", *options, str(VENV))


def may_install_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def installed_venv_module() -> bool:
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    install = ("apt-get", "install", "--yes", "--no-install-recommends", package)
    return succeeds("apt-get", "update") and succeeds(*install)


def pip_outside() -> bool:
    return succeeds(sys.executable, "-m", "pip", "--version")


def succeeds(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def pip() -> list[str]:
    if (VENV / "bin" / "pip").exists():
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def install(lock: Path) -> None:
    """With uv, which takes seconds; where uv has no wheel, with pip from the same lock."""
    hashed = ["install", "--quiet", "--require-hashes"]
    uv = VENV / "bin" / "uv"
    uv_installed = subprocess.run(
        [*pip(), *hashed, "--only-binary", ":all:", "-r", str(UV_LOCK)],
        check=False,
        capture_output=True,
        text=True,
    )
    if uv_installed.returncode == 0:
        command = [str(uv), "pip", *hashed, "--no-build", "--python", str(PYTHON)]
    else:
        command = [*pip(), *hashed, "--only-binary", ":all:"]
    done = subprocess.run([*command, "-r", str(lock)], check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit("The packages could not be installed.\n" + done.stderr.strip())


class progress:  # noqa: N801  (reads as a statement)
    def __init__(self, title: str) -> None:
        self.title = title

    def __enter__(self) -> None:
        self.began = time.monotonic()
        sys.stdout.write(f"  {self.title} ... ")
        sys.stdout.flush()

    def __exit__(self, kind: object, *rest: object) -> None:
        took = time.monotonic() - self.began
        sys.stdout.write("failed\n" if kind else f"{took:.1f} s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
