"""Many at once: list pages by eight clients, invoices posted by sixteen."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crm.models import User
from crm.registry.registry import registry
from opportunities.models import Opportunity
from tests.bench.measuring import Result, count_of
from tests.bench.people import colleagues
from tests.bench.server import FLOOR, Client, Server
from tests.factories.sales_docs import line, make_invoice

CLIENTS, SECONDS, ROUNDS = 8, 2.0, 5
PEOPLE, LISTS = 300, 10
POSTERS, THREADS = 4, 4
DRAFTS = {"small": 64, "medium": 480, "large": 960}


def turns(server: Server, user: User) -> Iterator[Result]:
    """Ten lists by people who take turns, against the same lists by one of them.

    All hold the same roles in the same unit, so that they read the same rows: what differs is whom
    the server has to know. Everybody has been there once before.
    """
    paths = [f"/{record_type.slug}/" for record_type in registry][:LISTS]
    people = list(colleagues(user, PEOPLE))
    clients = [Client(server, person) for person in people]
    for number, client in enumerate(clients):
        client.get(paths[number % LISTS])
        client.connection.close()  # the server would end it, idle until this person's turn
    alone = Client(server, people[0])
    for path in paths:
        alone.get(path)
    times: dict[str, list[float]] = {"alone": [], "turns": []}
    for number in range(PEOPLE):
        path = paths[number % LISTS]
        clients[number].connection.connect()
        for who, client in (("alone", alone), ("turns", clients[number])):
            begun = time.perf_counter()
            client.get(path)
            times[who].append(time.perf_counter() - begun)
    value, floor = (1000 * sorted(times[who])[PEOPLE // 2] for who in ("turns", "alone"))
    yield Result(
        f"ten lists, {PEOPLE} people taking turns",
        count_of(Opportunity),
        value,
        "ms",
        floor,
        "at most 1.15 x one person's list",
        1.15,
    )


def throughput(server: Server, user: User) -> Iterator[Result]:
    clients = [Client(server, user) for _client in range(CLIENTS)]
    path = "/opportunities/?view=all"
    for client in clients:
        client.get(path)
        client.get(FLOOR)
    rates: dict[str, list[float]] = {FLOOR: [], path: []}
    for _round in range(ROUNDS):
        for asked, found in rates.items():
            found.append(_pages_per_second(clients, asked))
    value, floor = (sorted(rates[asked])[ROUNDS // 2] for asked in (path, FLOOR))
    yield Result(
        f"list opportunity, {CLIENTS} clients",
        count_of(Opportunity),
        value,
        "req/s",
        floor,
        "at least half the floor's",
        0.5,
    )


def _pages_per_second(clients: list[Client], path: str) -> float:
    counts = [0] * len(clients)
    begun = time.perf_counter()

    def ask(place: int, client: Client) -> None:
        while time.perf_counter() - begun < SECONDS:
            client.get(path)
            counts[place] += 1

    threads = [
        threading.Thread(target=ask, args=(place, client)) for place, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - begun)


def postings(user: User, size: str) -> Iterator[Result]:
    """Drafts of one line each, given their numbers of one series by several processes."""
    drafts = [make_invoice(user, line()).pk for _draft in range(DRAFTS[size])]
    begin = time.time() + 8
    posters = [
        subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("poster.py")), str(begin), str(THREADS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _poster in range(POSTERS)
    ]
    threads = [
        threading.Thread(target=_hand_over, args=(poster, drafts[place::POSTERS]))
        for place, poster in enumerate(posters)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = [float(poster.ended_at) for poster in posters]  # type: ignore[attr-defined]
    yield Result(
        f"post invoices, one series, {POSTERS * THREADS} clients",
        len(drafts),
        len(drafts) / (max(ends) - begin),
        "per s",
        None,
        "at least 200 per second",
        200,
    )


def _hand_over(poster: Any, drafts: list[int]) -> None:
    told, _errors = poster.communicate(" ".join(map(str, drafts)))
    if poster.returncode:
        raise RuntimeError("A process that posts invoices failed.")
    poster.ended_at = told.strip().splitlines()[-1]
