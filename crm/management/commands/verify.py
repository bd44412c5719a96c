"""`manage.py verify FOLDER`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.backups.archive import BackupTrouble, compare


class Command(BaseCommand):
    help = "Compares this database and its files with the manifest of a backup."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = compare(options["folder"].resolve())
        except (BackupTrouble, OSError) as error:
            raise CommandError(str(error)) from error
        if found:
            raise CommandError("\n".join([f"{len(found)} differences:", *map(str, found)]))
        self.stdout.write("Everything is as the backup says.")
