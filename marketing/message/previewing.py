"""A mailing as one person would read it, before anybody gets it."""

from typing import Any

from crm.access.actor import Actor
from crm.company.settings import company
from crm.registry.registry import registry
from marketing.message.composing import Filled, Sender, fill, prepare
from marketing.message.facts import facts_of, rows_with_facts
from marketing.message.links import TEST, unsubscribe_url
from marketing.models import MEMBER_TYPES, CampaignActivity


def reader(actor: Actor, key: str) -> Any:
    """The record 'contact-12' with its facts, if the actor may see it; else None."""
    type_key, _dash, digits = key.partition("-")
    if type_key not in MEMBER_TYPES or not (digits.isascii() and digits.isdecimal()):
        return None
    record_id = int(digits[:18])
    rows = registry.get(type_key).model.objects.visible_to(actor).filter(pk=record_id)
    return rows_with_facts(type_key, [record_id]).get(record_id) if rows.exists() else None


def as_read_by(activity: CampaignActivity, record: Any, *, site_url: str) -> Filled:
    """What `record` would read; its unsubscribe link does nothing. Raises BadPlaceholder."""
    prepared = prepare(activity, Sender.of(company()))
    values = facts_of(record) if record is not None else {}
    return fill(prepared, values, unsubscribe_url=unsubscribe_url(site_url, TEST))
