"""Test mails: the mailing as one reader would get it, sent to colleagues at once."""

from typing import Any

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.mail.transport import DeliveryFailure, open_transport
from crm.models.levels import Privilege
from crm.operations import journal, operation
from marketing import rules
from marketing.message.composing import Filled, build_message
from marketing.message.previewing import as_read_by
from marketing.models import CampaignActivity
from marketing.services.locking import lock

PATIENCE = 10  # seconds: whoever asked waits, and holds a thread of the web server


def send_test(
    *, actor: Actor, activity: CampaignActivity, addresses: list[str], record: Any, site_url: str
) -> int:
    """Sends the mailing as `record` would read it; returns how many the server took.

    Outside of a transaction, because a mail can't be taken back; then journals 'mailing_tested'.
    Raises NotVisible, AccessDenied, RuleViolation.
    """
    actor.require(Privilege.WRITE, activity)
    missing = rules.missing_content(activity)
    if missing:
        raise RuleViolation(" ".join(missing))
    filled = as_read_by(activity, record, site_url=site_url)
    marked = Filled(_("[Test] %(subject)s") % {"subject": filled.subject}, filled.html, filled.text)
    _deliver(activity, marked, addresses)
    note_test(actor=actor, record_id=activity.pk, addresses=addresses)
    return len(addresses)


def _deliver(activity: CampaignActivity, filled: Filled, addresses: list[str]) -> None:
    with open_transport(seconds=PATIENCE) as transport:
        for address in addresses:
            message = build_message(activity, filled, to=address, name="", headers={})
            try:
                transport.deliver(message)
            except DeliveryFailure as failure:
                raise RuleViolation(
                    _("The test to %(address)s did not get through: %(error)s")
                    % {"address": address, "error": failure}
                ) from failure


@operation
def note_test(*, actor: Actor, record_id: int, addresses: list[str]) -> None:
    activity = lock(actor, "campaignactivity", record_id)
    journal("mailing_tested", activity, count=len(addresses), addresses=addresses)
