"""Posts the drafts named on standard input, with several threads; says when it was done."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import connections  # noqa: E402

from crm.access.actor import Actor  # noqa: E402
from sales_docs.services.invoices import post_invoice  # noqa: E402


def main(begin: float, threads: int) -> None:
    drafts = [int(one) for one in sys.stdin.read().split()]

    def post(some: list[int]) -> None:
        connections["default"].ensure_connection()
        time.sleep(max(0.0, begin - time.time()))
        for draft in some:
            post_invoice(actor=Actor.system(), record_id=draft)
        connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(post, [drafts[place::threads] for place in range(threads)]))
    print(time.time())


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
