"""What other apps may hear of activities: subscribe in the `App` of an app above."""

from dataclasses import dataclass

from crm.models import Activity, Record


@dataclass(frozen=True, kw_only=True)
class ActivityLogged:
    """Somebody wrote a note, sent a mail, made a call or planned something, mostly on a record."""

    activity: Activity
    regarding: Record | None = None


@dataclass(frozen=True, kw_only=True)
class MailFailed:
    """A mail that somebody wrote did not leave, or nobody knows whether it did."""

    activity: Activity
