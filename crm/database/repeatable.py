"""Operations of migrations without a transaction that may be killed at any moment and run again.

CREATE INDEX CONCURRENTLY that is killed leaves an invalid index behind, under its name; and what
a killed migration had done stays done while nothing says so. Each operation here looks first what
is there: an invalid index is dropped and built anew, and what is done already is left alone.
"""

from typing import Any

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RemoveConstraint
from django.db.migrations.state import ProjectState

_INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(quote_ident(%s))"
_CONSTRAINT = "SELECT true FROM pg_constraint WHERE conname = %s AND contype = 'c'"

Editor = BaseDatabaseSchemaEditor


def _ask(editor: Editor, question: str, name: str) -> bool | None:
    with editor.connection.cursor() as cursor:
        cursor.execute(question, [name])
        found = cursor.fetchone()
    return None if found is None else bool(found[0])


def _is_built(editor: Editor, name: str) -> bool:
    """Whether a valid index of this name is there. An invalid one is dropped."""
    is_valid = _ask(editor, _INDEX, name)
    if is_valid is False:
        editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {editor.quote_name(name)}")
    return is_valid is True


def _exists(editor: Editor, name: str) -> bool:
    return _ask(editor, _INDEX, name) is not None


class BuildIndex(AddIndexConcurrently):
    """Builds an index while people write."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if not _is_built(schema_editor, self.index.name):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if _exists(schema_editor, self.index.name):
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class DropIndex(RemoveIndexConcurrently):
    """Drops an index while people write."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if _exists(schema_editor, self.name):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if not _is_built(schema_editor, self.name):
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class DropCheck(RemoveConstraint):
    """Drops a check constraint."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if _ask(schema_editor, _CONSTRAINT, self.name):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class AddCheckNotValid(AddConstraintNotValid):
    """Adds a check constraint for new rows; ValidateConstraint then looks through the old ones."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        if not _ask(schema_editor, _CONSTRAINT, self.constraint.name):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
