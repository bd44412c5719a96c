"""What of a lead goes into which field of the records made from it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Account
from accounts.models.address import ADDRESS
from accounts.models.reach import REFUSALS
from leads.models import Lead
from opportunities.models import Timeframe

SAME_IN_ACCOUNT = (
    "phone",
    "website",
    "industry",
    "annual_revenue",
    "currency_id",
    "employees",
    *ADDRESS,
)
SAME_IN_CONTACT = (
    "first_name",
    "last_name",
    "job_title",
    "email",
    "phone",
    "mobile",
    *ADDRESS,
    *REFUSALS,
)
SAME_IN_OPPORTUNITY = (
    "rating",
    "timeframe",
    "purchase_process",
    "budget_amount",
    "budget_status",
    "has_decision_maker",
)


def account_values(lead: Lead) -> dict[str, Any]:
    """The organisation; a lead without a person lends it the mail address as well."""
    values = _copied(lead, SAME_IN_ACCOUNT)
    if not lead.last_name:
        values |= _copied(lead, ("email", *REFUSALS))
    return {"name": lead.company, "relationship": Account.Relationship.PROSPECT, **values}


def contact_values(lead: Lead) -> dict[str, Any]:
    return _copied(lead, SAME_IN_CONTACT)


def opportunity_values(lead: Lead, *, today: date) -> dict[str, Any]:
    return {
        "name": lead.topic or lead.company or lead.full_name,
        "customer_need": lead.need,
        "description": lead.description,
        "estimated_revenue": lead.budget_amount,
        "est_close_on": close_date(lead.timeframe, today=today),
        "currency": lead.currency_id,
        **_copied(lead, SAME_IN_OPPORTUNITY),
    }


def _copied(lead: Lead, names: tuple[str, ...]) -> dict[str, Any]:
    return {name.removesuffix("_id"): getattr(lead, name) for name in names}


def gaps(record: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What of `values` an existing record does not know yet."""
    return {
        name: value
        for name, value in values.items()
        if is_blank(_held(record, name)) and not is_blank(value)
    }


def _held(record: Any, name: str) -> Any:
    return getattr(record, record._meta.get_field(name).attname)


def is_blank(value: Any) -> bool:
    return value is None or value == "" or value is False


def close_date(timeframe: str, *, today: date) -> date | None:
    """The last day of the time somebody means to buy in."""
    match timeframe:
        case Timeframe.IMMEDIATE:
            return today + timedelta(days=30)
        case Timeframe.THIS_QUARTER:
            return quarter_end(today)
        case Timeframe.NEXT_QUARTER:
            return quarter_end(quarter_end(today) + timedelta(days=1))
        case Timeframe.THIS_YEAR:
            return date(today.year, 12, 31)
    return None


def quarter_end(day: date) -> date:
    """The last day of the calendar quarter `day` is in."""
    month = (day.month - 1) // 3 * 3 + 3
    first = date(day.year, month, 1)
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def json_value(value: Any) -> Any:
    """A field's value as the journal keeps it."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
