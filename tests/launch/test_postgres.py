"""The embedded PostgreSQL, apart from a whole start."""

import os
import stat
from pathlib import Path

import psycopg
import pytest

from crm.launch import os_user
from crm.launch.children import stop
from crm.launch.faults import LaunchError
from crm.launch.postgres import THROW_AWAY, EmbeddedPostgres, socket_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_long_home_gets_a_short_socket_folder(tmp_path):
    assert socket_folder(Path("/srv/crm")) == Path("/srv/crm/run")
    far = Path("/srv") / ("long" * 30)
    assert len(os.fsencode(socket_folder(far))) < 90
    assert socket_folder(far) == socket_folder(far)
    assert socket_folder(far) != socket_folder(far / "other")


def test_folders_above_may_be_passed_through_but_not_read(tmp_path):
    closed = tmp_path / "closed"
    inner = closed / "open" / "data"
    inner.mkdir(parents=True)
    closed.chmod(0o700)
    (closed / "open").chmod(0o755)
    assert [path for path in os_user.open_the_way(inner) if tmp_path in path.parents] == [closed]
    assert mode(closed) == 0o701
    assert mode(closed / "open") == 0o755
    assert os_user.open_the_way(inner) == []


def test_the_server_knows_case_and_the_extensions_of_the_crm(tmp_path):
    server = EmbeddedPostgres(tmp_path / "home", settings=THROW_AWAY)
    server.start()
    try:
        server.create_database("crm")
        server.create_database("crm")
        with psycopg.connect(server.url("crm")) as connection:
            for extension in ("pg_trgm", "unaccent", "btree_gist"):
                connection.execute(f"CREATE EXTENSION {extension}")
            row = connection.execute(
                "SELECT upper('éclair'), lower('ÎLE'), lower(unaccent('Éva'))"
            ).fetchone()
        assert row == ("ÉCLAIR", "île", "eva")
        assert mode(server.sockets) == 0o700
    finally:
        stop(server.child)
    assert server.answers() is False


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a choice of users")
def test_root_lets_an_ordinary_user_run_the_server(tmp_path):
    user = os_user.unprivileged_user(tmp_path / "data")
    assert user
    assert user > 0


def test_data_of_another_version_is_refused(tmp_path):
    server = EmbeddedPostgres(tmp_path / "home")
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(LaunchError, match="was made by PostgreSQL 16, and this is 18"):
        server.begin()
    assert (server.data / "PG_VERSION").read_text() == "16\n"
