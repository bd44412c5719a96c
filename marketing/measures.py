"""What operators see of mailings."""

from collections.abc import Mapping

from django.db.models import Min
from django.db.models.functions import Now

from crm import clock
from crm.runtime.metrics import OLDEST_UNSENT_MAIL, Measure, age
from marketing.models import CampaignActivity, Recipient


def unsent() -> Mapping[str, float]:
    """Of recipients of running mailings whose turn has come."""
    due = Recipient.objects.filter(
        state=Recipient.State.PENDING,
        due_at__lte=Now(),
        activity__state=CampaignActivity.State.RUNNING,
        activity__deleted_at=None,
    )
    return {"mailing": age(due.aggregate(at=Min("due_at"))["at"], now=clock.now())}


MEASURES = (Measure(*OLDEST_UNSENT_MAIL, unsent),)
