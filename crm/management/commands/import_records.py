"""`manage.py import_records TYPE FILE [--map COLUMN=FIELD ...] [--dry-run]`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crm.access.actor import Actor
from crm.errors import CrmError
from crm.exchange.imports.known import target_of
from crm.exchange.imports.report import findings
from crm.exchange.imports.services import check_rows, map_columns, run_import, stage_file
from crm.models import ImportJob, User
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions


class Command(BaseCommand):
    help = "Imports a CSV or XLSX file into a record type (its key or slug) or into users."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("type", help="record type, such as account or price-lists, or 'users'")
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", action="append", default=[], metavar="COLUMN=FIELD")
        parser.add_argument("--value", action="append", default=[], metavar="COLUMN:TEXT=VALUE")
        parser.add_argument("--match-on", default="", metavar="FIELD")
        parser.add_argument("--user", default="", help="user name of who imports")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        reset_cache_versions()
        try:
            self._import(**options)
        except CrmError as error:
            raise CommandError(str(error)) from error

    def _import(self, **options: Any) -> None:
        actor = Actor(user=importer(options["user"]))
        job = stage(actor, type_key(options["type"]), options["file"])
        mapping = merged_mapping(job, options["map"], options["value"])
        map_columns(
            actor=actor,
            job_id=job.pk,
            mapping=mapping,
            options={**job.options, "match_on": options["match_on"]},
        )
        if options["dry_run"]:
            counts = check_rows(actor=actor, job_id=job.pk)
        else:
            counts = run_import(actor=actor, job_id=job.pk)
        self._report(actor, job, counts)

    def _report(self, actor: Actor, job: ImportJob, counts: dict[str, int]) -> None:
        self.stdout.write(", ".join(f"{n} {verdict}" for verdict, n in counts.items() if verdict))
        job.refresh_from_db()
        for found in findings(actor, job, limit=20):
            hint = f" Did you mean “{found.suggestion}”?" if found.suggestion else ""
            self.stdout.write(
                f"  {found.column or 'row'}: {found.message} ({found.count} rows, "
                f"first in line {found.first_line}).{hint}"
            )


def importer(username: str) -> User:
    """The named user, or the first administrator."""
    users = User.objects.filter(is_active=True)
    if username:
        user = users.filter(username=username).first()
    else:
        user = (
            users.filter(is_superuser=True).first()
            or users.filter(roles__can_administer=True).first()
        )
    if user is None:
        raise CommandError("There is no such user. Name one who may import with --user.")
    return user


def type_key(word: str) -> str:
    known = {"users": "user", "user": "user"}
    for record_type in registry:
        known |= {record_type.key: record_type.key, record_type.slug: record_type.key}
    if word not in known:
        raise CommandError(f"'{word}' is no record type. Known: {', '.join(sorted(known))}.")
    return known[word]


def stage(actor: Actor, key: str, path: Path) -> ImportJob:
    try:
        with path.open("rb") as file:
            return stage_file(
                actor=actor,
                target_key=key,
                file_name=path.name,
                file=file,
                size=path.stat().st_size,
            )
    except OSError as error:
        raise CommandError(f"The file can't be read: {error}") from error


def merged_mapping(job: ImportJob, maps: list[str], values: list[str]) -> dict[str, Any]:
    """The job's mapping with what the command line says on top."""
    mapping = {column: dict(entry) for column, entry in job.mapping.items()}
    fields = target_of(job.target).fields
    for word in maps:
        column, _equals, name = word.partition("=")
        if column not in job.columns or (name and name not in fields):
            raise CommandError(
                f"--map {word}: columns are {', '.join(job.columns)}; "
                f"fields are {', '.join(fields)}."
            )
        mapping[column] = {**mapping.get(column, {}), "field": name}
    for word in values:
        place, _equals, value = word.partition("=")
        column, _colon, text = place.partition(":")
        if column not in job.columns:
            raise CommandError(f"--value {word}: columns are {', '.join(job.columns)}.")
        entry = mapping.setdefault(column, {})
        entry["values"] = {**entry.get("values", {}), text: value}
    return mapping
