"""A backup restores to the same rows, amounts and files, and verify finds what is not the same."""

import json
import shutil
import threading
import uuid
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from crm import clock
from crm.backups import archive, postgres_tools
from crm.mail.holding import mail_is_held
from crm.models import File, JournalEntry
from opportunities.models import Opportunity
from tests.copies import new_database, working_in
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_opportunity

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.unannounced]


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


@pytest.fixture
def backup(owner, files, tmp_path):
    """Of a company with a deal, an account and a file."""
    account = make_account(owner, name="Zoé & Söhne")
    make_opportunity(owner, account=account, estimated_revenue=Decimal("1234.56"))
    File.objects.create(
        record_type="account",
        record_id=account.pk,
        name="plan.txt",
        media_type="text/plain",
        size=4,
        content=ContentFile(b"plan", name="plan.txt"),
        uploaded_by=owner,
        uploaded_at=clock.now(),
    )
    JournalEntry.objects.create(
        operation=uuid.uuid4(),
        verb="called",
        record_type="account",
        record_id=account.pk,
        at=clock.now(),
        data={},
    )
    folder = tmp_path / "backup"
    command("backup", folder)
    return folder


class Quiet:
    """Collects what a command says."""

    def __init__(self):
        self.said = ""

    def write(self, text):
        self.said += text


def command(name, folder):
    out = Quiet()
    call_command(name, str(folder), stdout=out)
    return out.said


def test_the_manifest_counts_rows_amounts_and_files(backup, files):
    manifest = json.loads((backup / "manifest.json").read_text())
    deals = manifest["database"]["tables"]["opportunities_opportunity"]
    assert deals["rows"] == 1
    assert Decimal(deals["sums"]["estimated_revenue"]) == Decimal("1234.56")
    assert manifest["database"]["tables"]["crm_file"]["rows"] == 1
    assert [entry["bytes"] for entry in manifest["files"].values()] == [4]
    assert backup.stat().st_mode & 0o077 == 0


def test_a_restored_copy_is_the_same_and_mute(backup, files, settings, tmp_path):
    with new_database() as copy, working_in(copy):
        settings.MEDIA_ROOT = tmp_path / "restored"
        assert "Restored and verified." in command("restore", backup)
        assert command("verify", backup) == "Everything is as the backup says.\n"
        assert Opportunity.objects.get().account.name == "Zoé & Söhne"
        assert File.objects.get().content.read() == b"plan"
        assert mail_is_held()
        check_what_verify_finds(backup, settings.MEDIA_ROOT)
        with pytest.raises(CommandError, match="The database is not empty"):
            command("restore", backup)


def check_what_verify_finds(backup, restored):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE opportunities_opportunity SET estimated_revenue = 1234.57")
        cursor.execute("DELETE FROM crm_journalentry")
    (path,) = (path for path in restored.rglob("*") if path.is_file())
    path.write_bytes(b"plot")
    with pytest.raises(CommandError) as refused:
        command("verify", backup)
    told = str(refused.value)
    assert "opportunities_opportunity sums estimated_revenue: 1234.56" in told
    assert "1234.57" in told
    assert "journal: [" in told
    assert f"file {path.relative_to(restored)} sha256" in told
    assert "crm_account" not in told


def test_what_is_written_meanwhile_is_in_neither_dump_nor_manifest(
    owner, files, tmp_path, monkeypatch
):
    account = make_account(owner)
    run = archive.run_tool

    def dump_while_somebody_works(*words):
        worker = threading.Thread(target=write_from_another_connection, args=(owner,))
        worker.start()
        worker.join()
        run(*words)

    monkeypatch.setattr(archive, "run_tool", dump_while_somebody_works)
    command("backup", tmp_path / "b")
    monkeypatch.setattr(archive, "run_tool", run)
    with new_database() as copy, working_in(copy):
        shutil.rmtree(files)
        command("restore", tmp_path / "b")
        assert type(account).objects.count() == 1


def write_from_another_connection(owner):
    make_account(owner)
    connection.close()


def test_a_damaged_backup_is_not_restored(backup, files):
    dump = backup / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    with new_database() as copy, working_in(copy):
        with pytest.raises(CommandError, match=r"database\.dump is damaged"):
            command("restore", backup)
        assert archive.tables() == []


def test_files_are_not_mixed_with_others(backup, files):
    with new_database() as copy, working_in(copy):
        with pytest.raises(CommandError, match="files is not empty"):
            command("restore", backup)
        assert archive.tables() == []


def test_a_backup_is_never_overwritten_and_a_broken_one_has_another_name(
    backup, monkeypatch, tmp_path
):
    with pytest.raises(CommandError, match="exists already"):
        command("backup", backup)
    monkeypatch.setattr(archive, "pack", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archive.make_backup(tmp_path / "other")
    assert not (tmp_path / "other").exists()
    with pytest.raises(CommandError, match="holds no backup"):
        command("verify", tmp_path / "nowhere")


def test_without_the_tools_of_postgresql_it_says_what_to_install(db, monkeypatch, tmp_path):
    monkeypatch.setattr(postgres_tools, "_candidates", lambda _name: [])
    with pytest.raises(CommandError, match=r"pg_dump of PostgreSQL \d+ or later is needed"):
        command("backup", tmp_path / "b")
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.4 (Debian)'\n")
    old.chmod(0o755)
    monkeypatch.setattr(postgres_tools, "_candidates", lambda _name: [str(old)])
    with pytest.raises(CommandError, match="Found: 15"):
        command("backup", tmp_path / "c")
