"""The named views that most record types have; what differs is given as of any NamedView."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.registry.declaration import NamedView


def all_records(**more: Any) -> NamedView:
    return NamedView(key="all", label=_("All %(types)s"), select=lambda rows, _actor: rows, **more)


def my_records(**more: Any) -> NamedView:
    """What the reader or one of the reader's teams owns."""
    return NamedView(
        key="mine",
        label=_("My %(types)s"),
        select=lambda rows, actor: rows.owned_by(actor.principal_ids),
        **more,
    )


def my_open_records(**more: Any) -> NamedView:
    """Of these, what the type's query set says is open."""
    return NamedView(
        key="mine",
        label=_("My open %(types)s"),
        select=lambda rows, actor: rows.open().owned_by(actor.principal_ids),
        **more,
    )
