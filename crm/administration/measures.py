"""How long the oldest of what waits has waited, by kind: what an operator is woken for."""

from collections.abc import Mapping

from celery import current_app
from django.db.models import Min
from kombu.exceptions import KombuError, OperationalError

from crm import clock
from crm.exchange.imports.tasks import UNDER_WAY
from crm.mail.holding import mail_is_held
from crm.models import Activity, ImportJob, Notification
from crm.runtime.metrics import OLDEST_UNSENT_MAIL, Measure, age


def unsent() -> Mapping[str, float]:
    mails = Activity.objects.alive().filter(delivery=Activity.Delivery.PENDING)
    notifications = Notification.objects.filter(mail=Notification.Mail.PENDING)
    return {
        "record": age(mails.aggregate(at=Min("created_at"))["at"], now=clock.now()),
        "notification": age(notifications.aggregate(at=Min("at"))["at"], now=clock.now()),
    }


def imports() -> Mapping[str, float]:
    found = ImportJob.objects.filter(state__in=UNDER_WAY).values_list("state", "created_at")
    oldest = dict.fromkeys((state.value for state in UNDER_WAY), 0.0)
    for state, created_at in found:
        oldest[state] = max(oldest[state], age(created_at, now=clock.now()))
    return oldest


def held() -> Mapping[str, float]:
    return {"outgoing": float(mail_is_held())}


def queues() -> Mapping[str, float]:
    """Tasks of each queue that no worker has taken; nothing while the broker does not answer."""
    lengths = {}
    try:
        with current_app.connection_for_read() as connection:
            for name in current_app.amqp.queues:
                declared = connection.default_channel.queue_declare(queue=name)
                lengths[name] = float(declared.message_count)
    except (KombuError, OperationalError, OSError):
        return {}
    return lengths


MEASURES = (
    Measure(*OLDEST_UNSENT_MAIL, unsent),
    Measure("crm_oldest_import_seconds", "Age of the oldest import under way.", "state", imports),
    Measure("crm_mail_held", "1 where the data belong to another installation.", "mail", held),
    Measure("crm_queue_tasks", "Tasks that wait in the broker.", "queue", queues),
)
