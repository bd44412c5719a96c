"""What comes back: an answer is closed, or becomes a lead."""

from typing import Any

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import Principal
from crm.operations import current, emit, journal, named, operation
from crm.records.services import create_record, refuse_stale, save_changed
from crm.registry.registry import registry
from leads.models import Lead
from marketing import rules
from marketing.events import ResponseConverted
from marketing.models import CampaignResponse
from marketing.services.locking import lock

State = CampaignResponse.State


def _close(response: CampaignResponse, to: str, **links: Any) -> CampaignResponse:
    changes: dict[str, Any] = {"state": response.state, "closed_at": response.closed_at}
    response.state = to
    response.closed_at = None if to == State.OPEN else current().at
    for name, value in links.items():
        changes[name] = getattr(response, f"{name}_id")
        setattr(response, name, value)
    saved: CampaignResponse = save_changed(registry.get("campaignresponse"), response, changes)
    return saved


@operation
def convert_response(
    *,
    actor: Actor,
    record_id: int,
    version: int | None = None,
    topic: str = "",
    owner: Principal | None = None,
) -> Lead:
    """Makes a lead of an answer, which carries the campaign, and closes the answer.

    Done twice, it answers the first one's lead. Locks the response. Emits ResponseConverted,
    journals 'response_converted'. Raises NotVisible, AccessDenied, RuleViolation.
    """
    response: CampaignResponse = lock(actor, "campaignresponse", record_id)
    made = response.lead
    if made is not None and made.deleted_at is None:
        return made
    refuse_stale(response, version)
    rules.refuse_unless_state(response, State.OPEN)
    lead: Lead = create_record(
        actor=actor,
        record_type=registry.get("lead"),
        values={
            **_who(actor, response),
            "topic": topic or response.subject,
            "campaign": response.campaign,
            "source": Lead.Source.MAILING
            if response.channel == CampaignResponse.Channel.EMAIL
            else "",
            "description": response.description,
            "owner": owner or response.owner,
        },
    )
    response = _close(response, State.CLOSED, lead=lead)
    journal("response_converted", response, lead=lead)
    emit(ResponseConverted(response=response, lead=lead))
    return lead


def _who(actor: Actor, response: CampaignResponse) -> dict[str, Any]:
    """The person and company as far as the response, or the record it names, knows them."""
    contact = _visible(actor, response.contact)
    account = _visible(actor, response.account) or _visible(actor, contact and contact.account)
    typed = {
        "first_name": response.first_name,
        "last_name": response.last_name,
        "company": response.company,
        "email": response.email,
        "phone": response.phone,
    }
    known = {
        "first_name": contact.first_name if contact else "",
        "last_name": contact.last_name if contact else "",
        "company": account.name if account else "",
        "email": getattr(contact or account, "email", ""),
        "phone": getattr(contact or account, "phone", ""),
    }
    values = {name: value or known[name] for name, value in typed.items()}
    return {**values, "account": account, "contact": contact}


def _visible(actor: Actor, record: Any) -> Any:
    if record is None:
        return None
    return type(record).objects.visible_to(actor).filter(pk=record.pk).first()


@operation
def close_response(*, actor: Actor, record_id: int, version: int | None = None) -> CampaignResponse:
    """Says that nothing more comes of it. Journals 'response_closed'."""
    response = lock(actor, "campaignresponse", record_id, version=version)
    rules.refuse_unless_state(response, State.OPEN)
    response = _close(response, State.CLOSED)
    journal("response_closed", response)
    return response


@operation
def cancel_response(
    *, actor: Actor, record_id: int, version: int | None = None
) -> CampaignResponse:
    """Says that it was no answer at all. Journals 'response_canceled'."""
    response = lock(actor, "campaignresponse", record_id, version=version)
    rules.refuse_unless_state(response, State.OPEN)
    response = _close(response, State.CANCELED)
    journal("response_canceled", response)
    return response


@operation
def reopen_response(
    *, actor: Actor, record_id: int, version: int | None = None
) -> CampaignResponse:
    """Takes it up again. Journals 'response_reopened'."""
    response = lock(actor, "campaignresponse", record_id, version=version)
    rules.refuse_unless_state(response, State.CLOSED, State.CANCELED)
    if response.lead is not None and response.lead.deleted_at is None:
        raise RuleViolation(
            _("“%(record)s” was made of this, so it stays closed.")
            % {"record": named(response.lead)}
        )
    response = _close(response, State.OPEN, lead=None)
    journal("response_reopened", response)
    return response
