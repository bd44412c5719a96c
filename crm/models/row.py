from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState
from django.utils.encoding import force_str


class QuickRow(models.Model):
    """The abstract base of what lists read by the hundred.

    A row is made without asking each of forty fields whether it was read, which Django's way
    does and which takes as long as the query.
    """

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        row = cls.__new__(cls)
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        row.__dict__.update(zip(field_names, values, strict=True))
        return row

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802  (Django's own name)
        """What `get_..._display` says; Django's translates every choice to look one up."""
        value = getattr(self, field.attname)
        return force_str(choices_of(field).get(value, value), strings_only=True)


@cache
def choices_of(field: Any) -> Mapping[Any, Any]:
    return dict(field.flatchoices)
