"""What other apps may hear of activities: subscribe in the `ready` of an app above."""

from dataclasses import dataclass

from crm.models import Activity


@dataclass(frozen=True, kw_only=True)
class ActivityLogged:
    """Somebody wrote a note, sent a mail, made a call or planned something."""

    activity: Activity
