import os

from celery import Celery
from celery.signals import heartbeat_sent, worker_ready, worker_shutdown

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings.dev")

app = Celery("crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@heartbeat_sent.connect
def note_worker_alive(**_: object) -> None:
    from crm import health

    health.note_worker_alive()


@worker_shutdown.connect
def note_worker_gone(**_: object) -> None:
    from crm import health

    health.note_worker_gone()
