"""What the pages of a mailing share."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from crm.registry.declaration import RecordType
from marketing.models import CampaignActivity
from marketing.steps import steps_of


def site_url(request: HttpRequest) -> str:
    """Where links in mails lead: as set, else where the reader is."""
    return settings.SITE_URL or request.build_absolute_uri("/")


def frame(
    request: HttpRequest, record_type: RecordType, activity: CampaignActivity, open_step: str
) -> dict[str, Any]:
    return {
        "type": record_type,
        "record": activity,
        "title": str(activity),
        "actor": request.actor,
        "sees_campaign": request.actor.sees(activity.campaign),
        "steps": steps_of(request.actor, activity, open_step=open_step),
    }
