"""Mail of the log-in, in the background."""

import logging

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from crm.company.settings import company
from crm.mail.transport import DeliveryFailure, open_transport
from crm.models import User

logger = logging.getLogger(__name__)


@shared_task
def send_password_reset(email: str, site: str, language: str) -> None:
    """Sends a link for a new password to every user of an address; to nobody else anything.

    `site` is the address by which the person came, with a slash at its end. A task that runs twice
    sends two links to the same person; one that fails is asked for again by whoever waits.
    """
    users = User.objects.filter(Q(email__iexact=email), is_active=True)
    with open_transport() as transport, translation.override(language):
        for user in users.order_by("pk"):
            try:
                transport.deliver(_message(user, site))
            except DeliveryFailure as failure:
                logger.warning("A link for a new password did not leave: %s", failure)


def _message(user: User, site: str) -> EmailMessage:
    key = default_token_generator.make_token(user)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": key},
    )
    context = {"user": user, "link": site.rstrip("/") + path}
    return EmailMessage(
        subject=_("A new password for %(name)s") % {"name": " ".join(company().name.split())},
        body=render_to_string("account/email/new_password.txt", context),
        to=[user.email],
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
