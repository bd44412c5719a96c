"""PostgreSQL refuses to run as root. Then it runs as an ordinary user that can reach its files."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

CREATED_USER = "crm-postgres"
TRAVERSE = stat.S_IXOTH
READ = stat.S_IROTH


def unprivileged_user(data: Path) -> int | None:
    """The user to run the server as; None when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        return data.stat().st_uid
    for name in ("postgres", CREATED_USER):
        uid = uid_of(name)
        if uid is not None:
            return uid
    return created_user()


def created_user() -> int:
    if shutil.which("useradd"):
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                CREATED_USER,
            ],
            check=False,
            capture_output=True,
        )
    uid = uid_of(CREATED_USER)
    return uid if uid is not None else pwd.getpwnam("nobody").pw_uid


def uid_of(name: str) -> int | None:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return None


def open_the_way(path: Path) -> list[Path]:
    """Let other users pass through (not read) the folders above; say which had to change."""
    changed = []
    for folder in reversed(path.resolve().parents):
        mode = folder.stat().st_mode
        if not mode & TRAVERSE:
            folder.chmod(mode | TRAVERSE)
            changed.append(folder)
    return changed


def make_readable(tree: Path) -> None:
    """Installed under a narrow umask, the server's own files may be closed to its user."""
    for path in (tree, *tree.rglob("*")):
        mode = path.stat().st_mode
        wanted = mode | READ
        if path.is_dir() or mode & stat.S_IXUSR:
            wanted |= TRAVERSE
        if wanted != mode:
            path.chmod(wanted)


def give(path: Path, uid: int) -> None:
    os.chown(path, uid, pwd.getpwuid(uid).pw_gid)
