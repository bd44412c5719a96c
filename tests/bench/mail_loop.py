"""The mail floor: one process, one connection, the same messages built and sent in a loop."""

import sys
import time

import django

django.setup()

from django.core.mail import get_connection  # noqa: E402

from crm.company.settings import company  # noqa: E402
from marketing.message.composing import Sender, prepare  # noqa: E402
from marketing.models import Recipient, Send  # noqa: E402
from marketing.services.sending import Batch, _message, _records_of  # noqa: E402


def main(activity: int) -> None:
    rows = list(Recipient.objects.filter(activity=activity, state="pending"))
    send = Send.objects.select_related("activity").get(pk=activity)
    batch = Batch(claim=rows[0].key, send=send, rows=rows)
    batch.records = _records_of(rows)
    prepared = prepare(batch.activity, Sender.of(company()))
    begun = time.perf_counter()
    with get_connection() as server:
        for row in rows:
            record = batch.records[row.record_type][row.record_id]
            server.send_messages([_message(batch, prepared, row, record)])
    print(len(rows) / (time.perf_counter() - begun))


if __name__ == "__main__":
    main(int(sys.argv[1]))
