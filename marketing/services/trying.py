"""Test mails: the mailing as one reader would get it, sent at once to whoever asks for it."""

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.company.settings import company
from crm.errors import RuleViolation
from crm.mail.transport import DeliveryFailure, open_transport
from crm.models.levels import Privilege
from crm.operations import journal, operation
from marketing import rules
from marketing.message.addresses import domain_of
from marketing.message.composing import Filled, build_message
from marketing.message.previewing import as_read_by
from marketing.models import CampaignActivity
from marketing.services.locking import lock

PATIENCE = 10  # seconds: whoever asked waits, and holds a thread of the web server


def send_test(*, actor: Actor, activity: CampaignActivity, record: Any, site_url: str) -> str:
    """Sends the mailing as `record` would read it to the actor's own address, and returns that.

    To nobody else: what is written here would otherwise reach anybody in anybody's name, past the
    audience, the unsubscribed and the launch.

    Outside of a transaction, because a mail can't be taken back; then journals 'mailing_tested'.
    Raises NotVisible, AccessDenied, RuleViolation.
    """
    actor.require(Privilege.WRITE, activity)
    missing = rules.missing_content(activity)
    if missing:
        raise RuleViolation(" ".join(missing))
    address = actor.user.email if actor.user else ""
    rules.refuse_foreign_sender(activity.sender_email, _sender_domains(address))
    if not address:
        raise RuleViolation(_("You have no e-mail address. Ask an administrator to enter it."))
    filled = as_read_by(activity, record, site_url=site_url)
    marked = Filled(_("[Test] %(subject)s") % {"subject": filled.subject}, filled.html, filled.text)
    _deliver(activity, marked, address)
    note_test(actor=actor, record_id=activity.pk, address=address)
    return address


def _sender_domains(tester: str) -> set[str]:
    own = (company().email, parseaddr(settings.DEFAULT_FROM_EMAIL)[1], tester)
    return {domain_of(address) for address in own if address} | set(settings.SENDER_DOMAINS)


def _deliver(activity: CampaignActivity, filled: Filled, address: str) -> None:
    message = build_message(activity, filled, to=address, name="", headers={})
    with open_transport(seconds=PATIENCE) as transport:
        try:
            transport.deliver(message)
        except DeliveryFailure as failure:
            raise RuleViolation(
                _("The test to %(address)s did not get through: %(error)s")
                % {"address": address, "error": failure}
            ) from failure


@operation
def note_test(*, actor: Actor, record_id: int, address: str) -> None:
    activity = lock(actor, "campaignactivity", record_id)
    journal("mailing_tested", activity, count=1, addresses=[address])
