"""What must hold of cases and queues, and which states follow on which."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Case
from crm import labels
from crm.errors import RuleViolation
from sales_docs.models import Product

State, Reason = Case.State, Case.Reason

OPEN_REASONS = (Reason.IN_PROGRESS, Reason.ON_HOLD, Reason.WAITING, Reason.RESEARCHING)
RESOLUTIONS = (Reason.SOLVED, Reason.INFORMED)
TOLD = 3


def refuse_nobodys(case: Case) -> None:
    """Every case is somebody's."""
    if case.account_id is None and case.contact_id is None:
        message = _("Name a company, a person, or both.")
        raise RuleViolation(
            _("Say whose concern it is."), fields={"account": message, "contact": message}
        )


def refuse_unsold(product: Product | None) -> None:
    """A case is about something that can be sold; a family or a draft is not."""
    if product is None:
        return
    is_sold = product.structure != Product.Structure.FAMILY and product.state != Product.State.DRAFT
    if not is_sold:
        raise RuleViolation(
            _("Choose something that is sold."),
            fields={"product": _("A family or a draft can't be chosen.")},
        )


def refuse_unless_active(case: Case) -> None:
    if case.state == State.RESOLVED:
        raise RuleViolation(
            labels.with_names(_("This %(type)s has been resolved already."), "case")
        )
    if case.state == State.CANCELED:
        raise RuleViolation(
            labels.with_names(_("This %(type)s has been canceled already."), "case")
        )


def refuse_unless_closed(case: Case) -> None:
    if case.reason == Reason.MERGED:
        raise RuleViolation(
            labels.with_names(
                _("This %(type)s was merged into another one. Go on with that one."), "case"
            )
        )
    if case.state == State.ACTIVE:
        raise RuleViolation(labels.with_names(_("This %(type)s is active already."), "case"))


def refuse_open_reason(reason: str) -> None:
    if reason not in OPEN_REASONS:
        raise RuleViolation(
            _("There is no such status."), fields={"value": _("Choose one of the list.")}
        )


def refuse_stage(stage: str) -> None:
    if stage not in Case.Stage.values:
        raise RuleViolation(_("There is no such stage."), fields={"value": _("Choose a stage.")})


def refuse_resolution(reason: str) -> None:
    if reason not in RESOLUTIONS:
        raise RuleViolation(_("Say how it ended."), fields={"reason": _("Choose one of the list.")})


def refuse_times(minutes: int, billable: int) -> None:
    if minutes < 0 or billable < 0:
        raise RuleViolation(
            _("Time cannot be negative."), fields={"minutes": _("Give zero or more.")}
        )
    if billable > minutes:
        raise RuleViolation(
            _("More is billed than was spent."),
            fields={"billable_minutes": _("Give at most the minutes spent.")},
        )


def refuse_unconfirmed(subjects: Sequence[str]) -> None:
    """Resolving cancels what is still planned; that must have been seen."""
    if subjects:
        raise RuleViolation(
            _("Something is still planned: %(subjects)s.") % {"subjects": said(subjects)},
            fields={"cancel_open": _("Confirm that it is canceled, or close it first.")},
        )


def refuse_open_work(subjects: Sequence[str]) -> None:
    if subjects:
        raise RuleViolation(
            _("Close what is still planned first: %(subjects)s.") % {"subjects": said(subjects)}
        )


def said(subjects: Sequence[str]) -> str:
    """The first subjects in quotes, and how many more there are."""
    shown = ", ".join(f"“{subject}”" for subject in subjects[:TOLD])
    more = len(subjects) - TOLD
    if more <= 0:
        return shown
    rest = ngettext("%(count)s more", "%(count)s more", more) % {"count": more}
    return _("%(shown)s and %(rest)s") % {"shown": shown, "rest": rest}


def refuse_escalated(case: Case) -> None:
    refuse_unless_active(case)
    if case.is_escalated:
        raise RuleViolation(labels.with_names(_("This %(type)s is escalated already."), "case"))


def refuse_calm(case: Case) -> None:
    refuse_unless_active(case)
    if not case.is_escalated:
        raise RuleViolation(labels.with_names(_("This %(type)s is not escalated."), "case"))


def taken_by(name: str) -> RuleViolation:
    return RuleViolation(
        _("%(name)s has taken this one already. Take the next one.") % {"name": name}
    )


def nowhere_to_route() -> RuleViolation:
    message = _("Choose at least one of the two.")
    return RuleViolation(_("Say where it goes."), fields={"queue": message, "worker": message})


def in_no_queue() -> RuleViolation:
    return RuleViolation(
        _("It lies in none of the %(queues)s.") % {"queues": labels.plural("queue")}
    )


def untaken() -> RuleViolation:
    return RuleViolation(_("Nobody has taken it, so there is nothing to give back."))


def refuse_filled_queue(count: int) -> None:
    """A queue that is thrown away would take its cases out of sight."""
    if count:
        raise RuleViolation(
            ngettext(
                "%(count)s is still waiting in it. Route it elsewhere first.",
                "%(count)s are still waiting in it. Route them elsewhere first.",
                count,
            )
            % {"count": count}
        )
