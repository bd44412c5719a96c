"""How many rows somebody reaches, roughly: what the planner can't know of a list for a few."""

import time
from typing import Any

from django.db.models import F

from crm.access.actor import Actor
from crm.models.levels import Privilege
from crm.records.lists.paging import OnItsOwn, count_up_to
from crm.registry.declaration import RecordType
from crm.runtime.cache_versions import access_version
from crm.runtime.process_cache import ProcessCache

FEW = 5000
KEPT_SECONDS = 600

_few: ProcessCache[bool] = ProcessCache(size=20_000)


def reaches_few(actor: Actor, record_type: RecordType) -> bool:
    """Whether the actor's rows are so few that reading all of them is quicker than finding them
    in the order of the list. Counted now and then: it decides how rows are found, not which."""
    if actor.scope(record_type.key, Privilege.READ).is_everything:
        return False
    lately = int(time.monotonic() // KEPT_SECONDS)
    key = (actor.id, record_type.key, access_version(actor.id), lately)
    rows = record_type.model.objects.visible_to(actor)
    return _few.get(key, lambda: count_up_to(rows, FEW) <= FEW)


def latest_first(rows: Any, actor: Actor, record_type: RecordType) -> Any:
    """The rows by when they were changed, found the way that suits how many the actor reaches."""
    if reaches_few(actor, record_type):
        return rows.order_by(OnItsOwn(F("modified_at")).desc(), "-pk")
    return rows.recent_first()
