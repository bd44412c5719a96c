"""What must hold of an opportunity, and which of its states follow on which."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.errors import RuleViolation
from crm.values.money import currency_exponent
from opportunities.models import Opportunity
from opportunities.process import missing_for

State, Reason, Forecast = Opportunity.State, Opportunity.Reason, Opportunity.Forecast

OPEN_REASONS = frozenset({Reason.IN_PROGRESS, Reason.ON_HOLD})
LOST_REASONS = frozenset({Reason.CANCELED, Reason.OUT_SOLD})
OPEN_FORECASTS = (Forecast.PIPELINE, Forecast.BEST_CASE, Forecast.COMMITTED, Forecast.OMITTED)
AMOUNTS = ("estimated_revenue", "actual_revenue", "budget_amount")


def refuse_unless_open(opportunity: Opportunity) -> None:
    if opportunity.state == State.WON:
        raise RuleViolation(_("This deal has been won already."))
    if opportunity.state == State.LOST:
        raise RuleViolation(_("This deal has been lost already. Reopen it first."))


def refuse_unless_closed(opportunity: Opportunity) -> None:
    if opportunity.state == State.OPEN:
        raise RuleViolation(_("This deal is open already."))


def refuse_unless_running(opportunity: Opportunity) -> None:
    refuse_unless_open(opportunity)
    if opportunity.reason == Reason.ON_HOLD:
        raise RuleViolation(_("This deal is on hold already."))


def refuse_unless_on_hold(opportunity: Opportunity) -> None:
    refuse_unless_open(opportunity)
    if opportunity.reason != Reason.ON_HOLD:
        raise RuleViolation(_("This deal is not on hold."))


def refuse_future(closed_on: date, *, today: date) -> None:
    if closed_on > today:
        raise RuleViolation(
            _("A deal cannot close in the future."),
            fields={"closed_on": _("Choose today or an earlier day.")},
        )


def refuse_negative(amount: Decimal | None, field: str) -> None:
    if amount is not None and amount < 0:
        raise RuleViolation(
            _("Revenue cannot be negative."), fields={field: _("Give zero or more.")}
        )


def refuse_loss_reason(reason: str) -> None:
    if reason not in LOST_REASONS:
        raise RuleViolation(
            _("Say why it was lost."), fields={"reason": _("Choose one of the reasons.")}
        )


def refuse_nameless_customer() -> None:
    raise RuleViolation(
        _("A deal is won by somebody: say who it was."),
        fields={"company": _("Give a company, or a last name below.")},
    )


def refuse_deleting_customer_of(open_deals: int) -> None:
    if open_deals:
        raise RuleViolation(
            ngettext(
                "%(count)s open deal names this customer. Close or change it first.",
                "%(count)s open deals name this customer. Close or change them first.",
                open_deals,
            )
            % {"count": open_deals}
        )


def refuse_unknown_stage(stage: str) -> None:
    if stage not in Opportunity.Stage.values:
        raise RuleViolation(_("There is no such stage."), fields={"stage": _("Choose a stage.")})


def refuse_early_stage(opportunity: Opportunity, stage: str) -> None:
    """A later stage is entered only when what it stands on is known."""
    missing = missing_for(opportunity, stage)
    if missing:
        message = _("Fill this in to enter the stage.")
        raise RuleViolation(
            _("“%(stage)s” needs more to be known first.")
            % {"stage": Opportunity.Stage(stage).label},
            fields=dict.fromkeys(missing, message),
        )


def refuse_fractions(opportunity: Opportunity) -> None:
    """Amounts are written in units the currency has."""
    places = currency_exponent(opportunity.currency_id)
    wrong = {}
    for name in AMOUNTS:
        amount = getattr(opportunity, name)
        if amount is not None and amount != amount.quantize(Decimal(1).scaleb(-places)):
            wrong[name] = _decimals(opportunity.currency_id, places)
    if wrong:
        raise RuleViolation(_("Some amounts need another look."), fields=wrong)


def _decimals(code: str, places: int) -> str:
    if places == 0:
        return _("%(currency)s has no decimals.") % {"currency": code}
    return ngettext(
        "%(currency)s has %(places)s decimal.", "%(currency)s has %(places)s decimals.", places
    ) % {"currency": code, "places": places}


def align_with_state(opportunity: Opportunity) -> None:
    """Makes reason, forecast, probability and actuals follow the state."""
    if opportunity.state == State.WON:
        opportunity.reason, opportunity.forecast = Reason.WON, Forecast.WON
        opportunity.probability = 100
    elif opportunity.state == State.LOST:
        if opportunity.reason not in LOST_REASONS:
            opportunity.reason = Reason.CANCELED
        opportunity.forecast, opportunity.probability = Forecast.LOST, 0
    else:
        if opportunity.reason not in OPEN_REASONS:
            opportunity.reason = Reason.IN_PROGRESS
        if opportunity.forecast not in OPEN_FORECASTS:
            opportunity.forecast = Forecast.PIPELINE
        opportunity.actual_revenue = opportunity.closed_on = None
        opportunity.lost_to_id = None
