"""What stands beside an activity's fields: what it is about, and how its mail went."""

from collections.abc import Mapping
from typing import Any

from crm.access.actor import Actor
from crm.models import Activity, File
from crm.registry.registry import registry


def about(actor: Actor, activity: Activity) -> Mapping[str, Any] | None:
    """The record it hangs on, if the actor may see it, and those a mail went to."""
    regarding = None
    if activity.regarding_type in registry:
        rows = registry.get(activity.regarding_type).model.objects.visible_to(actor)
        regarding = rows.filter(pk=activity.regarding_id).first()
    files = list(File.objects.filter(activity=activity, deleted_at=None).order_by("pk"))
    if regarding is None and not activity.recipients and not files:
        return None
    return {
        "regarding": regarding,
        "type_key": activity.regarding_type,
        "work": activity,
        "files": files,
    }
