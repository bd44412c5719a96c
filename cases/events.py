"""What other apps may hear of: subscribe in the `App` of an app above."""

from dataclasses import dataclass

from cases.models import Case


@dataclass(frozen=True, kw_only=True)
class CaseResolved:
    case: Case


@dataclass(frozen=True, kw_only=True)
class CaseCanceled:
    case: Case


@dataclass(frozen=True, kw_only=True)
class CaseReactivated:
    """A closed one is worked on again; `was` is the state it left."""

    case: Case
    was: Case.State


@dataclass(frozen=True, kw_only=True)
class CaseChanged:
    """Somebody created or edited one; `changed` names the fields (none when it is new)."""

    case: Case
    changed: frozenset[str]
