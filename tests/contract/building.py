"""Builds a record of any type from what its model requires: a new type is tested at once."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone

from crm.models import Currency, Principal, Record, User

SENTINEL = "Zyxwut Quorble"


def make_record(
    model: type[Record], owner: Principal, called: str = SENTINEL, **values: Any
) -> Any:
    """A saved record with every required field filled; `called` is its title."""
    from crm.registry.registry import registry

    title = registry.of(model).title
    for field in model._meta.concrete_fields:
        if field.name not in values and _is_needed(field):
            values[field.name] = _value(field, owner)
    named = {f.name: f for f in model._meta.concrete_fields}
    for name in (title, "last_name"):
        if name in named and not named[name].generated and name not in ("number",):
            values[name] = called
    record = model(owner=owner, **values)
    record.save(force_insert=True)
    record.refresh_from_db()
    return record


def _is_needed(field: Any) -> bool:
    if field.name == "account":
        return True  # documents and cases must name a customer
    if field.generated or field.primary_key or field.null or field.name in ("owner", "unit"):
        return False
    return not field.has_default() and not field.has_db_default() and not field.blank


def _value(field: Any, owner: Principal) -> Any:
    if isinstance(field, models.ForeignKey):
        return _linked(field.related_model, owner)
    if field.choices:
        return field.flatchoices[0][0]
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return date(2026, 3, 2)
    if isinstance(field, models.DecimalField | models.IntegerField):
        return Decimal(1)
    return f"Some {field.name}"[: field.max_length or 80]


def _linked(model: Any, owner: Principal) -> Any:
    if model is Currency:
        return Currency.objects.get_or_create(code="EUR", defaults={"is_base": True})[0]
    if model in (Principal, User):
        return owner
    if issubclass(model, Record):
        return make_record(model, owner, "Linked One")
    return model.objects.first()
