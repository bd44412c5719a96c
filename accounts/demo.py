"""Accounts and contacts of the demo company."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Account, Contact, Industry
from crm.demo.fill import Fill
from crm.demo.names import FIRST_NAMES, LAST_NAMES
from crm.demo.words import FIRM_NAMES, FIRM_TRADES, JOB_TITLES, PLACES, STREETS, plain

# How a number begins in a country, without the zero dialled inside it.
DIALLED = {
    "FR": "+33 4", "CH": "+41 22", "BE": "+32 2", "NL": "+31 10", "DE": "+49 40", "AT": "+43 1",
    "DK": "+45 86", "SE": "+46 31", "GB": "+44 117", "US": "+1 503", "CA": "+1 514",
}  # fmt: skip
ADDRESS = ("line1", "city", "region", "postcode", "country")


def fill_demo(fill: Fill) -> None:
    fill.make(Account, fill.plan.accounts, _ACCOUNT, lambda one: _account(fill, one))
    fill.make(Contact, fill.plan.contacts, _CONTACT, lambda one: _contact(fill, one))


def firm_name(number: int) -> str:
    """Names in a fixed order without repeats: 'Alder Analytics' ... then numbered branches."""
    count = len(FIRM_NAMES) * len(FIRM_TRADES)
    mixed = number * 1009 % count
    name = f"{FIRM_NAMES[mixed % len(FIRM_NAMES)]} {FIRM_TRADES[mixed // len(FIRM_NAMES)]}"
    branch = number // count
    return f"{name} {branch + 1}" if branch else name


def address(fill: Fill) -> Sequence[Any]:
    city, region, postcode, country = fill.chance.choice(PLACES)
    street = f"{fill.chance.randint(1, 180)} {fill.chance.choice(STREETS)}"
    return street, city, region, postcode, country


_ACCOUNT = (
    "name", "relationship", "industry", "annual_revenue", "currency_id", "employees",
    "founded_year", "website", "phone", "email", *ADDRESS, "owner_id",
)  # fmt: skip


def _account(fill: Fill, one: int) -> Sequence[Any]:
    name = firm_name(one)
    site = name.lower().replace(" ", "-")
    place = address(fill)
    return (
        name,
        fill.chance.choices(["customer", "prospect", "partner", "supplier"], [45, 45, 6, 4])[0],
        fill.chance.choice(Industry.values),
        fill.chance.randint(2, 900) * 100_000,
        "USD" if place[-1] in ("US", "CA") else "EUR",
        int(10 ** fill.chance.uniform(1, 4)),
        fill.chance.randint(1946, 2021),
        f"https://{site}.example",
        phone(fill, place[-1]),
        f"office@{site}.example",
        *place,
        fill.owner(),
    )


def phone(fill: Fill, country: str) -> str:
    return f"{DIALLED[country]} {fill.chance.randint(100, 999)} {fill.chance.randint(10, 99)} 00"


_CONTACT = (
    "first_name", "last_name", "account_id", "job_title", "email", "phone", "birthday", *ADDRESS,
    "do_not_bulk_email", "do_not_call", "owner_id",
)  # fmt: skip


def _contact(fill: Fill, one: int) -> Sequence[Any]:
    first, last = fill.chance.choice(FIRST_NAMES), fill.chance.choice(LAST_NAMES)
    place = address(fill)
    account_id = fill.maybe(0.92, lambda: fill.pick("account"))
    return (
        first,
        last,
        account_id,
        fill.chance.choice(JOB_TITLES),
        f"{plain(first)}.{plain(last)}.{one}@mail.example",
        phone(fill, place[-1]),
        fill.maybe(0.4, lambda: fill.day(-365 * 62, -365 * 24)),
        *place,
        fill.chance.random() < 0.06,
        fill.chance.random() < 0.04,
        fill.owner_beside("account", account_id),
    )
