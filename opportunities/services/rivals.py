"""Against whom a deal is fought."""

from django.utils.translation import gettext as _

from crm import labels
from crm.access.actor import Actor
from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import JournalEntry
from crm.models.levels import Privilege
from crm.operations import journal, operation
from crm.records.services import refuse_stale
from opportunities import rules
from opportunities.models import Competitor, Opportunity
from opportunities.services.locking import lock_opportunity


@operation
def add_competitor(
    *, actor: Actor, record_id: int, competitor: Competitor, version: int | None = None
) -> Opportunity:
    """Names a competitor of an open deal; naming one twice changes nothing.

    Journals 'competitor_added'. Raises NotVisible, AccessDenied, RuleViolation.
    """
    opportunity = lock_opportunity(actor=actor, record_id=record_id, version=version)
    rules.refuse_unless_open(opportunity)
    if not actor.allows(Privilege.READ, competitor):
        raise NotVisible
    if not actor.allows(Privilege.APPEND_TO, competitor):
        raise AccessDenied(_("Your roles do not allow linking these records."))
    if not opportunity.competitors.filter(pk=competitor.pk).exists():
        opportunity.competitors.add(competitor)
        journal("competitor_added", opportunity, competitor=competitor)
    return opportunity


@operation
def remove_competitor(
    *, actor: Actor, record_id: int, competitor_id: int, version: int | None = None
) -> Opportunity:
    """Removing one that is not named changes nothing. Journals 'competitor_removed'.

    Raises NotVisible, AccessDenied, RuleViolation, StaleVersion.
    """
    opportunity = lock_opportunity(actor=actor, record_id=record_id)
    rules.refuse_unless_open(opportunity)
    found = opportunity.competitors.filter(pk=competitor_id).first()
    if found is not None:
        refuse_stale(opportunity, version)
        opportunity.competitors.remove(found)
        journal("competitor_removed", opportunity, competitor=found)
    return opportunity


def undo_adding_competitor(actor: Actor, entry: JournalEntry) -> None:
    opportunity = lock_opportunity(actor=actor, record_id=entry.record_id)
    opportunity.competitors.remove(
        *opportunity.competitors.filter(pk=entry.data["competitor"]["id"])
    )


def undo_removing_competitor(actor: Actor, entry: JournalEntry) -> None:
    """Names the competitor again, unless it is gone meanwhile. Raises RuleViolation."""
    opportunity = lock_opportunity(actor=actor, record_id=entry.record_id)
    found = Competitor.objects.alive().filter(pk=entry.data["competitor"]["id"]).first()
    if found is None:
        gone = _("This %(type)s is gone meanwhile.")
        raise RuleViolation(labels.with_names(gone, "competitor"))
    opportunity.competitors.add(found)
