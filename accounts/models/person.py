from typing import Any

from django.db import models


class FullName(models.Func):
    """First and last name in one, as a generated column can compute it."""

    output_field = models.TextField()

    def __init__(self, **extra: Any) -> None:
        super().__init__("first_name", "last_name", **extra)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        first, last = (compiler.compile(part)[0] for part in self.get_source_expressions())
        return f"btrim({first} || ' ' || {last})", ()
