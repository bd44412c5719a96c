"""What people type in: a new record, a lead qualified, a document of sixty lines."""

import uuid
from collections.abc import Iterator

from accounts.models import Account
from crm.models import User
from crm.registry.links import action_url
from leads.models import Lead
from sales_docs.models import QuoteLine
from tests.bench.measuring import RUNS, Result, against, count_of
from tests.bench.server import FLOOR, Client
from tests.factories.leads import make_lead
from tests.factories.sales_docs import line, make_quote
from tests.views.leads.test_qualify_page import answers
from tests.views.sales_docs.test_line_grid import fields

LINES = 60


def forms(client: Client, user: User) -> Iterator[Result]:
    yield from creating(client, user)
    yield from qualifying(client, user)
    yield from recomputing(client, user)


def creating(client: Client, user: User) -> Iterator[Result]:
    def create() -> None:
        name = f"Bench {uuid.uuid4().hex[:12]}"
        data = {"name": name, "relationship": "prospect", "owner": str(user.pk), "form_token": name}
        client.post("/accounts/new/", "/accounts/new/", data)

    value, floor = against(lambda: client.get(FLOOR), create)
    rows, goal = count_of(Account), "at most 4 x page floor"
    yield Result("create by form, with its page", rows, value, "ms", floor, goal, 4)


def qualifying(client: Client, user: User) -> Iterator[Result]:
    def lead() -> Lead:
        stamp = uuid.uuid4().hex[:10]
        reach = {"company": f"Firm {stamp}", "email": f"{stamp}@inbox.example", "phone": ""}
        return make_lead(user, last_name=stamp, **reach)

    leads = [lead() for _run in range(RUNS + 1)]

    def qualify() -> None:
        page = f"/leads/{leads.pop().pk}/qualify/"
        client.post(page, page, answers())

    value, floor = against(lambda: client.get(FLOOR), qualify)
    rows, goal = count_of(Lead), "at most 8 x page floor"
    yield Result("qualify a lead into three, with its page", rows, value, "ms", floor, goal, 8)


def recomputing(client: Client, user: User) -> Iterator[Result]:
    quote = make_quote(user, *(line(f"Part {n}", "3", "12.50") for n in range(LINES)))
    page = action_url(quote, "lines")
    data = {**fields(client.page(page)), "do": "preview"}
    first = f"row-{data['row'][0]}-quantity"
    data[first] = ["4"]
    token = client.token(page)

    def recompute() -> None:
        client.send(page, data, token, htmx=True)

    value, floor = against(lambda: client.get(FLOOR), recompute)
    rows, goal = count_of(QuoteLine), "at most 3 x page floor"
    yield Result(f"{LINES} lines, recompute on edit", rows, value, "ms", floor, goal, 3)
