"""Locks in the one order everybody keeps: the contract before its lines."""

from datetime import date

from django.utils import timezone

from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.operations import current
from crm.records.services import lock_record
from crm.registry.registry import registry
from service.models import Article, Contract


def lock_contract(*, actor: Actor, record_id: int, version: int | None = None) -> Contract:
    """The contract, locked for writing. Raises NotVisible, AccessDenied."""
    found: Contract = lock_record(
        actor=actor,
        record_type=registry.get("contract"),
        record_id=record_id,
        privilege=Privilege.WRITE,
        version=version,
    )
    return found


def lock_article(*, actor: Actor, record_id: int, version: int | None = None) -> Article:
    """The article with all its versions, locked for writing. Raises NotVisible, AccessDenied."""
    number = Article.objects.filter(pk=record_id).values_list("number", flat=True).first()
    versions = Article.objects.filter(number=number).order_by("pk")
    list(versions.select_for_update(of=("self",)).values_list("pk"))
    found: Article = lock_record(
        actor=actor,
        record_type=registry.get("article"),
        record_id=record_id,
        privilege=Privilege.WRITE,
        version=version,
    )
    return found


def today() -> date:
    """The day of the operation for who is at work."""
    return current().at.astimezone(timezone.get_current_timezone()).date()
