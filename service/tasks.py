"""Background work of contracts: can run any number of times."""

from celery import shared_task

from crm.access.actor import Actor
from service.services import contracts_due, move_contract_by_calendar


@shared_task
def move_contracts_by_calendar() -> None:
    """Starts and ends contracts whose day has come, each in a transaction of its own."""
    day, ids = contracts_due()
    for record_id in ids:
        move_contract_by_calendar(actor=Actor.system(), record_id=record_id, day=day)
