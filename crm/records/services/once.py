"""A form that is sent twice makes what it makes once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import Record, SentForm
from crm.operations import current, operation
from crm.registry.registry import registry


@operation
def make_once(*, actor: Actor, token: UUID | None, make: Callable[[], Record]) -> tuple[Any, bool]:
    """What the form with this token has made, and whether that happened now.

    Of two requests at the same moment the second waits for the first and answers its record.
    When `make` raises, the form is as if it had never been sent.
    """
    if token is not None and not _is_first(actor, token):
        return _made_before(actor, token), False
    record = make()
    if token is not None:
        _sent_form(actor, token).update(record_type=record.type_key(), record_id=record.pk)
    return record, True


def _sent_form(actor: Actor, token: UUID) -> QuerySet[SentForm]:
    return SentForm.objects.filter(user=actor.user, token=token)


def _is_first(actor: Actor, token: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO crm_sentform (user_id, token, record_type, sent_at)"
            " VALUES (%s, %s, '', %s) ON CONFLICT DO NOTHING RETURNING id",
            [actor.id, token, current().at],
        )
        return cursor.fetchone() is not None


def _made_before(actor: Actor, token: UUID) -> Any:
    made = _sent_form(actor, token).get()
    record = None
    if made.record_type in registry:
        rows = registry.get(made.record_type).model.objects.visible_to(actor)
        record = rows.filter(pk=made.record_id).first()
    if record is None:
        raise RuleViolation(_("This form was sent before, and what it made is gone meanwhile."))
    return record
