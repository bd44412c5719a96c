"""Charts beside lists of many rows, against the best query for the same figures.

Days begin where the reader is: putting half a million moments into a zone takes its time too.
"""

from collections.abc import Iterator

from django.db import connection

from crm.registry.registry import registry
from tests.bench.measuring import Result, against, count_of
from tests.bench.server import Client

# type, chart, the floor: what the figures come to, asked by hand
CHARTS = (
    (
        "opportunity",
        "stage",
        (
            "SELECT stage, currency_id, count(*), sum(estimated_revenue)"
            " FROM opportunities_opportunity WHERE deleted_at IS NULL GROUP BY 1, 2"
        ),
    ),
    (
        "opportunity",
        "account",
        (
            "SELECT account_id, currency_id, count(*), sum(estimated_revenue)"
            " FROM opportunities_opportunity WHERE deleted_at IS NULL GROUP BY 1, 2"
            " ORDER BY 4 DESC NULLS LAST LIMIT 500"
        ),
    ),
    (
        "opportunity",
        "close",
        (
            "SELECT est_close_on, currency_id, stage, count(*), sum(estimated_revenue)"
            " FROM opportunities_opportunity WHERE deleted_at IS NULL GROUP BY 1, 2, 3"
        ),
    ),
    (
        "case",
        "created",
        (
            "SELECT (created_at AT TIME ZONE %(zone)s)::date, priority, count(*)"
            " FROM cases_case WHERE deleted_at IS NULL GROUP BY 1, 2"
        ),
    ),
)


def charts(client: Client, zone: str) -> Iterator[Result]:
    for key, chart, floor in CHARTS:
        record_type = registry.get(key)
        path = f"/{record_type.slug}/chart/?view=all&chart={chart}"

        def draw(path: str = path) -> None:
            client.get(path, headers={"HX-Request": "true"})

        def ask(floor: str = floor) -> None:
            with connection.cursor() as cursor:
                cursor.execute(floor, {"zone": zone})
                cursor.fetchall()

        value, best = against(ask, draw)
        rows = count_of(record_type.model)
        goal = "at most 1.5 x SQL floor"
        yield Result(f"chart {key} by {chart}", rows, value, "ms", best, goal, 1.5)
