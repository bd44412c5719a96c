"""A worker that sends one mailing without the pauses its rate asks for."""

import sys
import time

import django

django.setup()

from datetime import timedelta  # noqa: E402

from django.db.models.functions import Now  # noqa: E402

from marketing.models import Recipient, Send  # noqa: E402
from marketing.services.sending import send_batch  # noqa: E402


def main(activity: int) -> None:
    while Recipient.objects.filter(activity=activity, state="pending").exists():
        Send.objects.filter(pk=activity).update(next_claim_at=Now() - timedelta(days=1))
        if send_batch(activity) is None:
            time.sleep(0.01)


if __name__ == "__main__":
    main(int(sys.argv[1]))
