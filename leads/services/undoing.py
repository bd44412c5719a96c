"""Taking a qualification back."""

from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import RuleViolation
from crm.models import JournalEntry
from crm.models.levels import Privilege
from crm.operations import emit, operation
from crm.records.history.undo import undo_operation
from crm.records.services import lock_record
from crm.registry.registry import registry
from leads import rules
from leads.events import LeadReopened
from leads.models import Lead


@operation
def undo_qualification(*, actor: Actor, record_id: int, version: int | None = None) -> Lead:
    """Bins what the last qualification created, empties what it filled, opens the lead again.

    Only while nothing depends on what was made and nobody changed it since. Emits
    LeadReopened, journals 'undone'. Raises NotVisible, AccessDenied, RuleViolation.
    """
    lead: Lead = lock_record(
        actor=actor,
        record_type=registry.get("lead"),
        record_id=record_id,
        privilege=Privilege.WRITE,
        version=version,
    )
    rules.refuse_unless_qualified(lead)
    last = JournalEntry.objects.filter(
        record_type="lead", record_id=lead.pk, verb="qualified", is_undone=False
    ).order_by("-id")
    entry = last.first()
    if entry is None:
        raise RuleViolation(_("There is no record of how it was qualified."))
    if entry.actor_id != actor.id and not actor.can_administer:
        raise RuleViolation(_("Only the one who did it, or an administrator, can undo this."))
    undo_operation(actor=actor, operation_id=entry.operation)
    lead.refresh_from_db()
    emit(LeadReopened(lead=lead))
    return lead
