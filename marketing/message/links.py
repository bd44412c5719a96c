"""Links in mails that work without logging in: signed, and good for one purpose only."""

import uuid

from django.core import signing
from django.urls import reverse

PURPOSE = "marketing.unsubscribe"
TEST = "test"  # stands in test mails and previews, where it must do nothing


def token_of(key: uuid.UUID | str) -> str:
    return signing.Signer(salt=PURPOSE).sign(key.hex if isinstance(key, uuid.UUID) else key)


def key_in(token: str) -> uuid.UUID | None:
    """The recipient's key; None in a test mail. Raises BadSignature."""
    value = signing.Signer(salt=PURPOSE).unsign(token)
    return None if value == TEST else uuid.UUID(hex=value)


def unsubscribe_url(site_url: str, key: uuid.UUID | str) -> str:
    return site_url.rstrip("/") + reverse("marketing:unsubscribe", args=[token_of(key)])
