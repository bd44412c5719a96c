"""`make bench SIZE=medium`: fills a database of its own, measures, prints one table."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
SIZES = ("small", "medium", "large")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--size", choices=SIZES, default="medium")
    parser.add_argument("--fresh", action="store_true", help="fill the database anew")
    parser.add_argument("--only", nargs="*", default=(), help="some groups of cases")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    os.environ.setdefault("CRM_HOME", str(ROOT / "var"))
    os.environ["PYTHONPATH"] = str(ROOT)  # of the scripts that cases start
    from tests.bench.servers import bench_servers

    with bench_servers() as address:
        os.environ["DATABASE_URL"] = own_database(address, options.size, is_fresh=options.fresh)
        results = measure(options.size, options.only)
    report(results, options.size)
    return 0


def own_database(address: Callable[[str], str], size: str, *, is_fresh: bool) -> str:
    """The address of the database of this size, created when it is missing."""
    name = f"crm_bench_{size}"
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        if is_fresh:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            server.execute(f"CREATE DATABASE {name}")
    return address(name)


def measure(size: str, only: Collection[str]) -> list[object]:
    import django

    django.setup()
    from django.core.management import call_command

    from crm.models import User
    from crm.registry.registry import registry
    from tests.bench.cases import BIG, all_cases
    from tests.bench.people import clickers, give_few
    from tests.bench.server import Server

    call_command("migrate", verbosity=0)
    if not User.objects.exists():
        print(f"filling the database ({size}) ...", flush=True)
        call_command("demo", size=size)
    people = clickers()
    give_few(people["narrow"], [registry.get(key).model for key in BIG if key in registry])
    results = []
    with Server() as server:
        for result in all_cases(server, people, size, only):
            print(line(result), flush=True)
            results.append(result)
    return results


def line(result: object) -> str:
    r = result
    ratio = f"{r.ratio:8.2f}" if r.ratio is not None else "       –"
    floor = f"{r.floor:10.1f}" if r.floor is not None else "         –"
    met = {True: "met", False: "NOT MET", None: ""}[r.is_met]
    return f"{r.case:<44} {r.rows:>10,} {r.value:>10.1f} {r.unit:<7}{floor} {ratio}  {r.goal:<30} {met}"


def report(results: list[object], size: str) -> None:
    target = Path(os.environ["CRM_HOME"]) / "bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "case": r.case,
            "rows": r.rows,
            "value": round(r.value, 2),
            "unit": r.unit,
            "floor": None if r.floor is None else round(r.floor, 2),
            "ratio": None if r.ratio is None else round(r.ratio, 3),
            "goal": r.goal,
            "met": r.is_met,
        }
        for r in results
    ]
    target.write_text(json.dumps(rows, indent=1))
    met = sum(1 for r in results if r.is_met)
    print(f"{met} of {len(results)} goals met at size {size}; written to {target.name}")


if __name__ == "__main__":
    sys.exit(main())
