"""What must hold of a lead, and which of its states follow on which."""

from django.utils.translation import gettext as _

from crm import labels
from crm.errors import RuleViolation
from leads.models import Lead
from leads.plans import Choice, Plan

State, Reason = Lead.State, Lead.Reason

OPEN_REASONS = (Reason.NEW, Reason.CONTACTED)
DISQUALIFIED_REASONS = (
    Reason.LOST,
    Reason.CANNOT_CONTACT,
    Reason.NO_LONGER_INTERESTED,
    Reason.CANCELED,
)


def _named(sentence: str) -> str:
    return labels.with_names(sentence, "lead")


def refuse_unless_open(lead: Lead) -> None:
    if lead.state == State.QUALIFIED:
        raise RuleViolation(_named(_("This %(type)s is qualified already.")))
    if lead.state == State.DISQUALIFIED:
        raise RuleViolation(_named(_("This %(type)s is disqualified. Reactivate it first.")))


def refuse_unless_closed(lead: Lead) -> None:
    if lead.state == State.OPEN:
        raise RuleViolation(_named(_("This %(type)s is open already.")))


def refuse_unless_qualified(lead: Lead) -> None:
    if lead.state != State.QUALIFIED:
        raise RuleViolation(_named(_("This %(type)s is not qualified.")))


def refuse_nameless(lead: Lead, plan: Plan) -> None:
    """Nothing is created without a name."""
    if plan.account.choice is Choice.CREATE and not lead.company:
        raise RuleViolation(
            labels.with_names(_("A new %(type)s needs the name of a company."), "account"),
            fields={"account": _("No company is named: use an existing one, or skip this.")},
        )
    if plan.contact.choice is Choice.CREATE and not lead.last_name:
        raise RuleViolation(
            labels.with_names(_("A new %(type)s needs a last name."), "contact"),
            fields={"contact": _("No last name is given: use an existing one, or skip this.")},
        )


def refuse_missing_record(plan: Plan) -> None:
    for key, step in plan.steps():
        if step.choice is Choice.USE and step.record_id is None:
            raise RuleViolation(
                _("Choose which record to use."), fields={key: _("Choose one from the list.")}
            )


def refuse_reason(reason: str) -> None:
    if reason not in DISQUALIFIED_REASONS:
        raise RuleViolation(
            _("Say why it leads nowhere."), fields={"reason": _("Choose one of the reasons.")}
        )


def refuse_disqualifying_with(title: str) -> None:
    """`title`: of the opportunity it led to, '' without one."""
    if title:
        raise RuleViolation(_("It led to “%(title)s”, which is still there.") % {"title": title})


def refuse_open_reason(reason: str) -> None:
    if reason not in OPEN_REASONS:
        raise RuleViolation(_("There is no such status."), fields={"reason": _("Choose a status.")})


def align_reason(lead: Lead) -> None:
    """Makes the reason follow the state."""
    if lead.state == State.OPEN and lead.reason not in OPEN_REASONS:
        lead.reason = Reason.NEW
    if lead.state == State.QUALIFIED:
        lead.reason = Reason.QUALIFIED
    if lead.state == State.DISQUALIFIED and lead.reason not in DISQUALIFIED_REASONS:
        lead.reason = Reason.CANCELED
