"""`manage.py restore FOLDER`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.backups.archive import BackupTrouble, restore_backup
from crm.backups.postgres_tools import ToolTrouble


class Command(BaseCommand):
    help = "Fills an empty database and an empty folder of files from a backup, and verifies them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = restore_backup(options["folder"].resolve())
        except (BackupTrouble, ToolTrouble, OSError) as error:
            raise CommandError(str(error)) from error
        if found:
            raise CommandError("\n".join(["Restored, and it differs:", *map(str, found)]))
        self.stdout.write(
            "Restored and verified. Run migrate next. Mail is held until an administrator lets it"
            " go under Settings, Outgoing mail."
        )
