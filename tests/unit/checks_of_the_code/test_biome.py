import base64
import hashlib
import io
import tarfile

import pytest

from tests.checks.biome import NotAvailable, binary, fetched, unpacked


def archive(content=b"the binary", name="package/biome"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as files:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        files.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def digest(data):
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()


def test_the_binary_comes_out_of_the_archive_that_is_pinned():
    packed = archive()
    assert unpacked(packed, integrity=digest(packed)) == b"the binary"


def test_an_archive_with_another_hash_is_refused():
    with pytest.raises(NotAvailable, match="another hash"):
        unpacked(archive(b"something else"), integrity=digest(archive()))


def test_a_machine_that_nothing_is_pinned_for_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(NotAvailable, match="riscv64"):
        binary(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_registry_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(NotAvailable, match=r"http://127.0.0.1:9/@biomejs/cli-linux-x64/-/"):
        fetched("linux-x64")
