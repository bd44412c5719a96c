"""Every case that exists so far, each with the goal it has to meet."""

import csv
import io
import time
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection

from accounts.models import Account
from crm.access.actor import Actor
from crm.models import User
from crm.records.imports.services import run_import, stage_file
from crm.records.paging import SortKey, _write
from crm.records.registry import registry
from opportunities.models import Opportunity
from tests.bench.measuring import Result, against, milliseconds, p95
from tests.bench.server import Client, Server

DEEP = 50_000
FLOOR = "/bench-floor/"
BIG = ("account", "contact", "lead", "opportunity", "activity", "case", "quote", "invoice")


def count_of(model: Any) -> int:
    """The planner's estimate: exact counts of millions take longer than what is measured."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        return max(int(cursor.fetchone()[0]), 0)


def all_cases(server: Server, people: dict[str, User]) -> Iterator[Result]:
    clients = {name: Client(server, user) for name, user in people.items()}
    yield from lists(clients)
    yield from deep_pages(clients["wide"])
    yield from filtered(clients["wide"])
    yield from record_pages(clients["wide"])
    yield from searches(clients["wide"])
    yield from lookups(clients["normal"])
    yield from forms(clients["normal"], people["normal"])
    yield from exports(clients["wide"])
    yield from imports(people["wide"])


def paged(client: Client, path: str) -> tuple[float, float]:
    return against(lambda: client.get(FLOOR), lambda: client.get(path))


def lists(clients: dict[str, Client]) -> Iterator[Result]:
    for key in (key for key in BIG if key in registry):
        record_type = registry.get(key)
        views = {view.key for view in record_type.views}
        path = f"/{record_type.slug}/" + ("?view=all" if "all" in views else "")
        for who, client in clients.items():
            value, floor = paged(client, path)
            rows = count_of(record_type.model)
            yield Result(
                f"list {key}, {who} user", rows, value, "ms", floor, "at most 2 x page floor", 2
            )


def deep_pages(client: Client) -> Iterator[Result]:
    keys = [SortKey("modified_at", True, is_nullable=False), SortKey("pk", True, is_nullable=False)]
    rows = Account.objects.alive().order_by("-modified_at", "-pk")
    depth = min(DEEP, count_of(Account) - 100)
    row = rows[depth : depth + 1].first()
    if row is None:
        return
    path = f"/accounts/?view=all&sort=-modified_at&after={_write(row, keys)}"
    value, first = against(
        lambda: client.get("/accounts/?view=all&sort=-modified_at"), lambda: client.get(path)
    )
    yield Result(
        f"list account, {depth:,} rows deep",
        count_of(Account),
        value,
        "ms",
        first,
        "at most 1.1 x page 1",
        1.1,
    )


def filtered(client: Client) -> Iterator[Result]:
    path = "/opportunities/?view=all&stage=propose&rating=hot&sort=-est_close_on"
    value, floor = paged(client, path)
    yield Result(
        "list opportunity, two filters, other order",
        count_of(Opportunity),
        value,
        "ms",
        floor,
        "at most 3 x page floor",
        3,
    )


def record_pages(client: Client) -> Iterator[Result]:
    for key in ("account", "opportunity", "case"):
        if key not in registry:
            continue
        record_type = registry.get(key)
        record = record_type.model.objects.alive().order_by("pk").first()
        if record is None:
            continue
        value, floor = paged(client, f"/{record_type.slug}/{record.pk}/")
        yield Result(
            f"record page {key}",
            count_of(record_type.model),
            value,
            "ms",
            floor,
            "at most 3 x page floor",
            3,
        )


def searches(client: Client) -> Iterator[Result]:
    for name, text in (
        ("rare", "yarrow optics"),
        ("common", "systems"),
        ("typo", "meridain biotech"),
    ):
        value = p95(lambda text=text: client.get(f"/search/?q={text.replace(' ', '+')}"))
        yield Result(
            f"search, {name} words, p95", count_of(Account), value, "ms", None, "under 150 ms", 150
        )


def lookups(client: Client) -> Iterator[Result]:
    value = p95(lambda: client.get("/lookup/contact/?q=moreau"))
    yield Result(
        "look-up of a contact, p95",
        count_of(registry.get("contact").model),
        value,
        "ms",
        None,
        "under 30 ms",
        30,
    )


def forms(client: Client, user: User) -> Iterator[Result]:
    def create() -> None:
        name = f"Bench {uuid.uuid4().hex[:12]}"
        data = {"name": name, "relationship": "prospect", "owner": str(user.pk), "form_token": name}
        status = client.post("/accounts/new/", "/accounts/new/", data)
        if status != 302:
            raise RuntimeError(f"creating an account answered {status}")

    value, floor = against(lambda: client.get(FLOOR), create)
    yield Result(
        "create by form, with its page",
        count_of(Account),
        value,
        "ms",
        floor,
        "at most 4 x page floor",
        4,
    )


def exports(client: Client) -> Iterator[Result]:
    rows = count_of(Account)
    took = milliseconds(lambda: client.get("/accounts/export.csv?view=all"))
    yield Result(
        "export accounts as CSV",
        rows,
        rows / (took / 1000),
        "rows/s",
        None,
        "at least 50,000 rows/s",
        50_000,
    )


def imports(user: User) -> Iterator[Result]:
    """Against COPY into a table of the same shape with the same indexes."""
    count = 5000
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["name", "city", "employees", "phone", "external id"])
    stamp = uuid.uuid4().hex[:8]
    for number in range(count):
        writer.writerow([f"Import {stamp} {number}", "Lyon", number % 900, "", f"{stamp}-{number}"])
    content = text.getvalue().encode()
    actor = Actor(user=user)
    begun = time.perf_counter()
    job = stage_file(
        actor=actor,
        target_key="account",
        file_name="bench.csv",
        file=io.BytesIO(content),
        size=len(content),
    )
    counts = run_import(actor=actor, job_id=job.pk)
    took = time.perf_counter() - begun
    if counts["new"] != count:
        raise RuntimeError(f"the import wrote {counts}")
    yield Result(
        "import accounts from CSV",
        count,
        count / took,
        "rows/s",
        copy_floor(count),
        "at least 20 % of COPY floor",
        0.2,
    )


def copy_floor(count: int) -> float:
    """Rows a second that COPY writes into a copy of the table, indexes included."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_copy")
        cursor.execute("CREATE TABLE bench_copy (LIKE accounts_account INCLUDING ALL)")
        cursor.execute("SELECT id, unit_id FROM crm_principal LIMIT 1")
        owner, unit = cursor.fetchone()
        columns = _required(cursor)
        begun = time.perf_counter()
        with cursor.cursor.copy(f"COPY bench_copy ({', '.join(columns)}) FROM STDIN") as copy:
            for number in range(count):
                copy.write_row([_cell(name, number, owner, unit) for name in columns])
        took = time.perf_counter() - begun
        cursor.execute("DROP TABLE bench_copy")
    return count / took


def _required(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'bench_copy' "
        "AND is_nullable = 'NO' AND is_generated = 'NEVER' AND is_identity = 'NO' "
        "AND column_default IS NULL"
    )
    return [row[0] for row in cursor.fetchall()] + ["id"]


def _cell(name: str, number: int, owner: int, unit: int) -> Any:
    known = {
        "name": f"Copy {number}",
        "owner_id": owner,
        "unit_id": unit,
        "number": f"C-{number}",
        "version": 1,
        "id": number + 1,
    }
    if name in known:
        return known[name]
    return False if name.startswith("do_not") else ""
