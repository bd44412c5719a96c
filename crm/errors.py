"""Errors a person can act on. Rules and services raise them; forms and views show them."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _


class CrmError(Exception):
    """A refusal with a sentence for the reader. `fields` maps field names to messages."""

    status = 422

    def __init__(self, message: object, *, fields: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return str(self.message)


class RuleViolation(CrmError):
    """The record is not in a state that allows this, or a value breaks a rule."""


class AccessDenied(CrmError):
    """The record is visible to the actor, but this is not allowed. Shown as 403."""

    status = 403


class NotVisible(CrmError):
    """The record does not exist for this actor. Shown as 404."""

    status = 404

    def __init__(self, message: object = _("This record does not exist, or you may not see it.")):
        super().__init__(message)


class Busy(CrmError):
    """Somebody else has locked what this needs, or it takes too long; the same may work soon.

    Nothing was written. Shown as 409, in the form where there is one: nothing typed is lost.
    """

    status = 409

    def __init__(
        self, message: object = _("Somebody is changing this at the moment. Try again.")
    ) -> None:
        super().__init__(message)


class StaleVersion(CrmError):
    """Somebody else changed the same fields meanwhile.

    `theirs`, `yours` and `original` map the fields in conflict to values.
    """

    status = 409

    def __init__(
        self,
        message: object,
        *,
        original: Mapping[str, object],
        theirs: Mapping[str, object],
        yours: Mapping[str, object],
        merged: Iterable[str] = (),
        version: int,
    ) -> None:
        super().__init__(message)
        self.original = dict(original)
        self.theirs = dict(theirs)
        self.yours = dict(yours)
        self.merged = tuple(merged)
        self.version = version
