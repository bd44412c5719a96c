"""A worker of mailings as a process of its own, to be killed at any moment.

It stands for a Celery worker: the same functions, on its own connections, until nobody waits.
Started by tests with the database and the mail server in its environment.
"""

import time

import django

django.setup()

from marketing.models import Recipient, Send  # noqa: E402
from marketing.services.sending import send_batch  # noqa: E402


def main() -> None:
    while Recipient.objects.on_the_way().filter(state="pending").exists():
        for activity_id in Send.objects.values_list("pk", flat=True):
            wait = send_batch(activity_id)
            time.sleep(0.02 if wait is None else min(wait, 0.02))


if __name__ == "__main__":
    main()
