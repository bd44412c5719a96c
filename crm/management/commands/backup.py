"""`manage.py backup [FOLDER]`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm import clock
from crm.backups.archive import BackupTrouble, make_backup
from crm.backups.postgres_tools import ToolTrouble


class Command(BaseCommand):
    help = "Writes the database, the files and a manifest into a new folder, while people work."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="default: CRM_HOME/backups/DATE")

    def handle(self, *args: Any, **options: Any) -> None:
        moment = f"{clock.now():%Y-%m-%d-%H%M%S}"
        folder = options["folder"] or Path(settings.CRM_HOME) / "backups" / moment
        try:
            manifest = make_backup(folder.resolve())
        except (BackupTrouble, ToolTrouble, OSError) as error:
            raise CommandError(str(error)) from error
        tables = manifest["database"]["tables"]
        rows = sum(table["rows"] for table in tables.values())
        self.stdout.write(
            f"{folder}: {len(tables)} tables with {rows} rows, {len(manifest['files'])} files."
        )
