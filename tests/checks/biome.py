"""Lints scripts and styles with Biome: one binary, pinned by its version and hash.

It comes from the npm registry as a plain archive, so that neither Node nor npm need be there, and
stays beside the virtual environment's tools. `npm_config_registry` names another registry, as it
does for npm itself.
"""

import base64
import hashlib
import io
import os
import platform
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
VERSION = "2.6.8"
REGISTRY = "https://registry.npmjs.org"
SECONDS = 120  # without an answer
PINS = Path(__file__).with_name(f"biome_{VERSION}.txt")
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


class NotAvailable(Exception):
    """The pinned binary can't be had; the message says why."""


def integrities(text: str) -> dict[str, str]:
    """The hash of each platform's archive, as the registry writes it: 'sha512-...'."""
    lines = [line.partition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: integrity for name, _blank, integrity in lines}


def platform_name() -> str:
    machine = platform.machine().lower()
    return f"{sys.platform}-{MACHINES.get(machine, machine)}"


def binary(folder: Path = BIN) -> Path:
    """The binary of the pinned version, fetched where it is not there yet. Raises NotAvailable."""
    target = folder / f"biome-{VERSION}"
    if not target.exists():
        name, pins = platform_name(), integrities(PINS.read_text())
        if name not in pins:
            raise NotAvailable(f"Biome is pinned for {', '.join(pins)}, and this is {name}.")
        draft = target.with_suffix(f".{os.getpid()}")
        draft.write_bytes(unpacked(fetched(name), integrity=pins[name]))
        draft.chmod(0o755)
        draft.replace(target)
    return target


def fetched(name: str) -> bytes:
    settings = {name.lower(): value for name, value in os.environ.items()}
    registry = settings.get("npm_config_registry")
    package = f"cli-{name}"
    base = (registry or REGISTRY).rstrip("/")
    url = f"{base}/@biomejs/{package}/-/{package}-{VERSION}.tgz"
    if not url.startswith(("https://", "http://")):
        raise NotAvailable(f"No registry is at {base}.")
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310  (checked above)
            archive: bytes = answer.read()
    except OSError as error:
        raise NotAvailable(f"{url} can't be fetched: {error}") from error
    return archive


def unpacked(archive: bytes, *, integrity: str) -> bytes:
    """The binary in an archive of the registry. Raises NotAvailable when it has another hash."""
    digest = base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if f"sha512-{digest}" != integrity:
        raise NotAvailable("What the registry sent has another hash than the one pinned here.")
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as files:
        found = files.extractfile("package/biome")
        if found is None:
            raise NotAvailable("The archive holds no package/biome.")
        return found.read()


def main() -> int:
    try:
        command = [str(binary()), "lint", "--error-on-warnings", "--colors=off"]
    except NotAvailable as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
