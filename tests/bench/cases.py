"""Every case that exists so far, each with the goal it has to meet."""

import csv
import io
import time
import uuid
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db import connection, transaction

from accounts.models import Account
from crm.access.actor import Actor
from crm.exchange.imports.services import run_import, stage_file
from crm.models import User
from crm.records.lists.paging import SortKey, _salt, _write
from crm.registry.registry import registry
from opportunities.models import Opportunity
from tests.bench.beginning import first_page, start_with_data
from tests.bench.charts import charts
from tests.bench.crowd import postings, throughput, turns
from tests.bench.forms import forms
from tests.bench.mailings import mailings
from tests.bench.measuring import Result, against, count_of, milliseconds, p95
from tests.bench.server import FLOOR, Client, Server
from tests.bench.undos import undos

DEEP = 50_000
BIG = ("account", "contact", "lead", "opportunity", "activity", "case", "quote", "invoice")


def all_cases(
    server: Server, people: dict[str, User], size: str, only: Collection[str] = ()
) -> Iterator[Result]:
    """The groups named in `only`, or all of them, in the order of the table."""
    clients = {name: Client(server, user) for name, user in people.items()}
    normal, wide = people["normal"], people["wide"]
    groups: dict[str, Callable[[], Iterator[Result]]] = {
        "lists": lambda: lists(clients),
        "charts": lambda: charts(clients["wide"], wide.time_zone),
        "deep": lambda: deep_pages(clients["wide"]),
        "filtered": lambda: filtered(clients["wide"]),
        "records": lambda: record_pages(clients["wide"]),
        "throughput": lambda: throughput(server, normal),
        "turns": lambda: turns(server, normal),
        "search": lambda: searches(clients["wide"]),
        "lookup": lambda: lookups(clients["normal"]),
        "forms": lambda: forms(clients["normal"], normal),
        "export": lambda: exports(clients["wide"]),
        "import": lambda: imports(wide),
        "undo": lambda: undos(wide, size),
        "mailing": lambda: mailings(wide, size),
        "posting": lambda: postings(wide, size),
        "page": lambda: first_page(server, normal),
        "start": start_with_data,
    }
    for name, group in groups.items():
        if not only or name in only:
            yield from group()


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
    cursor = _write(row, keys, _salt(rows, keys))
    path = f"/accounts/?view=all&sort=-modified_at&after={cursor}"
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
    path = "/opportunities/?view=all&stage=propose&rating=hot&account__industry=energy&sort=-est_close_on"
    value, floor = paged(client, path)
    yield Result(
        "list opportunity, three filters, other order",
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
    """Rows a second that COPY writes into the very table, indexes and all, without triggers."""
    table = Account._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id, unit_id FROM crm_principal LIMIT 1")
        owner, unit = cursor.fetchone()
        cursor.execute(f"SELECT max(id) FROM {table}")
        first = cursor.fetchone()[0] + 1_000_000
        columns = _required(cursor, table)
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        begun = time.perf_counter()
        with cursor.cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for number in range(first, first + count):
                copy.write_row([_cell(name, number, owner, unit) for name in columns])
        took = time.perf_counter() - begun
        transaction.set_rollback(True)
    return count / took


def _required(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND is_nullable = 'NO' AND is_generated = 'NEVER' AND is_identity = 'NO' "
        "AND column_default IS NULL",
        [table],
    )
    return [row[0] for row in cursor.fetchall()] + ["id"]


def _cell(name: str, number: int, owner: int, unit: int) -> Any:
    known = {
        "name": f"Copy {number}",
        "owner_id": owner,
        "unit_id": unit,
        "number": f"C-{number}",
        "version": 1,
        "id": number,
    }
    if name in known:
        return known[name]
    return False if name.startswith("do_not") else ""
