"""How much of everything each size holds."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Numbers of rows. Medium and large are what the benchmarks work on."""

    units: int
    users: int
    accounts: int
    contacts: int
    leads: int
    opportunities: int
    documents: int
    cases: int
    activities: int
    shares: int


SIZES = {
    "small": Plan(
        units=6,
        users=12,
        accounts=1_000,
        contacts=2_500,
        leads=400,
        opportunities=1_500,
        documents=300,
        cases=600,
        activities=4_000,
        shares=100,
    ),
    "medium": Plan(
        units=20,
        users=200,
        accounts=30_000,
        contacts=100_000,
        leads=30_000,
        opportunities=100_000,
        documents=20_000,
        cases=50_000,
        activities=300_000,
        shares=30_000,
    ),
    "large": Plan(
        units=200,
        users=2_000,
        accounts=300_000,
        contacts=1_000_000,
        leads=200_000,
        opportunities=1_000_000,
        documents=100_000,
        cases=500_000,
        activities=3_000_000,
        shares=300_000,
    ),
}
