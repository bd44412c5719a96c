"""Importing deals, closed ones included: what other systems call state, value and dates."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.exchange.imports.additions import ImportAddition
from crm.exchange.imports.fields import ImportField, Kind
from opportunities.models import Opportunity

State, Reason, Forecast, Stage = (
    Opportunity.State,
    Opportunity.Reason,
    Opportunity.Forecast,
    Opportunity.Stage,
)
# What sales tools call the stages of a deal, as (state, stage).
STAGE_WORDS = {
    "prospecting": (State.OPEN, Stage.QUALIFY),
    "engaging": (State.OPEN, Stage.DEVELOP),
    "closed won": (State.WON, Stage.CLOSE),
    "closed lost": (State.LOST, Stage.CLOSE),
    "won": (State.WON, Stage.CLOSE),
    "lost": (State.LOST, Stage.CLOSE),
}
OUTCOMES: dict[str, dict[str, Any]] = {
    State.OPEN: {"reason": Reason.IN_PROGRESS, "forecast": Forecast.PIPELINE},
    State.WON: {"reason": Reason.WON, "forecast": Forecast.WON, "probability": 100},
    State.LOST: {"reason": Reason.CANCELED, "forecast": Forecast.LOST, "probability": 0},
}


def _states() -> list[tuple[Opportunity.State, Opportunity.Stage]]:
    return [
        (State.OPEN, Stage.QUALIFY),
        (State.WON, Stage.CLOSE),
        (State.LOST, Stage.CLOSE),
    ]


def _put_state(deal: Opportunity, value: tuple[Opportunity.State, Opportunity.Stage]) -> None:
    """Sets the state with what goes along; a deal that has it already keeps its details."""
    state, stage = value
    if deal.pk is None or deal.state != state:
        deal.state = state
        for name, implied in OUTCOMES[state].items():
            setattr(deal, name, implied)
    if deal.pk is None or state == State.OPEN:
        deal.stage = stage


def _name(deal: Opportunity) -> None:
    """Files of deals often name none: the product and the customer say what it is about."""
    if deal.state == State.OPEN:
        deal.closed_on = deal.actual_revenue = None
    if deal.name:
        return
    customer = deal.account.name if deal.account else ""
    product = getattr(deal, "imported_product", None)
    parts = [str(part) for part in (product, customer) if part]
    deal.name = " – ".join(parts)[:200] or str(_("Imported deal"))


FIELDS = (
    ImportField(
        name="state",
        label=gettext_lazy("state or stage"),
        kind=Kind.CHOICE,
        choices=(
            *((pair, pair[0].label) for pair in _states()),
            *(((State.OPEN, stage), stage.label) for stage in Stage),
        ),
        words=STAGE_WORDS,
        aliases=("deal_stage", "stage", "status"),
        put=_put_state,
    ),
    ImportField(
        name="closed_on",
        label=gettext_lazy("actual close date"),
        kind=Kind.DATE,
        aliases=("close_date", "closed"),
    ),
    ImportField(
        name="actual_revenue",
        label=gettext_lazy("actual revenue"),
        kind=Kind.DECIMAL,
        aliases=("close_value", "won amount"),
    ),
)
IMPORTS = (
    ImportAddition(
        record_type="opportunity",
        aliases={
            "external_id": ("opportunity_id", "deal id", "id"),
            "account": ("account", "company", "customer"),
            "owner": ("sales_agent", "owner", "sales rep"),
            "engaged_on": ("engage_date", "start date"),
            "estimated_revenue": ("amount", "value"),
        },
        fields=FIELDS,
        prepare=_name,
    ),
)
