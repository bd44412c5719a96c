"""Somebody who may do everything with what is their own, and sees nothing else."""

from django.db import models

from crm.models import BusinessUnit, Record, Role, RolePrivilege, User
from crm.models.levels import Level, Privilege
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from tests.people import make_user


def make_outsider(unit: BusinessUnit) -> User:
    role = Role.objects.create(name="Outsiders")
    RolePrivilege.objects.bulk_create(
        RolePrivilege(role=role, record_type=one.key, privilege=privilege, level=Level.OWN)
        for one in registry
        for privilege in Privilege
    )
    outsider = make_user("outsider", unit)
    role.holders.add(outsider)
    reset_cache_versions()
    return outsider


def links_of(model: type[Record]) -> list[models.Field]:
    """The fields that link to another record."""
    return [
        field
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, Record)
    ]
