"""Views people keep: saved under a name, shared, renamed, pinned to open first."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import PinnedView, SavedView
from crm.operations import operation
from crm.registry.declaration import RecordType

LONGEST_NAME = 80
MOST_VIEWS = 200


@dataclass(frozen=True)
class ViewState:
    """What a list shows: the view it is made from, conditions, columns and order."""

    base: str
    find: str
    where: dict[str, Any]
    columns: tuple[str, ...]
    sort: str


_VIEWS = """
SELECT known.*, pinned.key AS pinned_key
FROM (
    SELECT max(view) AS key FROM crm_pinnedview
    WHERE user_id = %(reader)s AND record_type = %(type)s
) pinned
LEFT JOIN crm_savedview known
    ON known.record_type = %(type)s AND (known.owner_id = %(reader)s OR known.is_shared)
ORDER BY known.name, known.id
"""


def views_of(actor: Actor, record_type: RecordType) -> tuple[list[SavedView], str]:
    """The reader's own views and those others share, by name; and which one opens first.

    One query, as every list asks for both.
    """
    wanted = {"reader": actor.id, "type": record_type.key}
    rows: list[Any] = list(SavedView.objects.raw(_VIEWS, wanted))
    return [row for row in rows if row.pk], rows[0].pinned_key or ""


@operation
def save_view(
    *, actor: Actor, record_type: RecordType, name: str, state: ViewState, is_shared: bool = False
) -> SavedView:
    """Keeps a list under a name; one's own view of this name is replaced.

    Raises RuleViolation for a name that can't be used.
    """
    mine = SavedView.objects.filter(owner_id=actor.id, record_type=record_type.key)
    if mine.count() >= MOST_VIEWS:
        raise RuleViolation(_("You keep as many views as there can be. Delete one first."))
    view, _is_new = SavedView.objects.update_or_create(
        owner_id=actor.id,
        record_type=record_type.key,
        name=_checked(name),
        defaults={
            "conditions": {"base": state.base, "q": state.find, "where": state.where},
            "columns": list(state.columns),
            "sort": state.sort,
            "is_shared": is_shared,
        },
    )
    return view


@operation
def change_view(*, actor: Actor, view_id: int, name: str, is_shared: bool) -> SavedView:
    """Renames or shares one's own view. Locks it. Raises NotVisible, RuleViolation."""
    view = _own(actor, view_id)
    view.name, view.is_shared = _checked(name), is_shared
    taken = SavedView.objects.filter(
        owner_id=view.owner_id, record_type=view.record_type, name=view.name
    )
    if taken.exclude(pk=view.pk).exists():
        raise RuleViolation(
            _("You have a view of this name already."),
            fields={"name": _("You have a view of this name already.")},
        )
    view.save(update_fields=["name", "is_shared"])
    return view


@operation
def delete_view(*, actor: Actor, view_id: int) -> SavedView:
    """Takes a view away, from everybody it was shared with too. Raises NotVisible."""
    view = _own(actor, view_id)
    PinnedView.objects.filter(record_type=view.record_type, view=f"s{view.pk}").delete()
    view.delete()
    return view


@operation
def pin_view(*, actor: Actor, record_type: RecordType, view: str) -> None:
    """Lets the list open with this view; '' lets it open with the type's own again."""
    if actor.id is None:
        raise AccessDenied(_("Only somebody who is logged in can pin a view."))
    mine = PinnedView.objects.filter(user_id=actor.id, record_type=record_type.key)
    if not view:
        mine.delete()
        return
    PinnedView.objects.update_or_create(
        user_id=actor.id, record_type=record_type.key, defaults={"view": view}
    )


def _own(actor: Actor, view_id: int) -> SavedView:
    """The view, locked; an administrator may take care of what others have shared."""
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None or not (view.owner_id == actor.id or (view.is_shared and actor.can_administer)):
        raise NotVisible
    return view


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or "\0" in name:
        message = _("Give the view a name of at most 80 characters.")
        raise RuleViolation(message, fields={"name": message})
    return name
