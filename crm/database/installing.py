"""A migration operation for the triggers that a model was created with."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class InstallTriggers(Operation):
    """Installs what CreateModel names in its option `triggers`, for several models at once.

    One operation a trigger would do the same, but each makes Django build the models around it
    anew: for the first migrations that was half their time.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *, model_names: list[str]) -> None:
        self.model_names = model_names

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"model_names": self.model_names}

    def describe(self) -> str:
        return "Install the triggers of " + ", ".join(self.model_names)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for trigger in self._triggers(app_label, to_state):
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for trigger in self._triggers(app_label, from_state):
            schema_editor.execute(trigger.uninstall_sql, params=None)

    def _triggers(self, app_label: str, state: ProjectState) -> list[Any]:
        models = [state.models[app_label, name.lower()] for name in self.model_names]
        return [trigger for model in models for trigger in model.options["triggers"]]
