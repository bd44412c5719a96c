"""Contracts and articles through their pages."""

from decimal import Decimal

import pytest

from service.models import Article, Contract
from tests.factories.service import make_article, make_contract, make_line
from tests.markup import tight

pytestmark = pytest.mark.django_db


def text_of(answer):
    return tight(answer.content.decode())


@pytest.fixture
def client_of(agent, sign_in):
    return sign_in(agent)


LINE = {
    "title": "Twenty requests",
    "allotment": "cases",
    "total": "20",
    "price": "1000",
    "discount": "100",
}


def test_a_contract_gets_lines_and_runs_from_its_page(client_of, agent):
    contract = make_contract(agent)
    page = f"/contracts/{contract.pk}/"
    assert client_of.post(f"{page}line/", LINE)["Location"] == page
    line = contract.lines.get()
    assert (line.total, line.price, line.discount) == (20, Decimal(1000), Decimal(100))
    assert "Twenty requests" in text_of(client_of.get(page))
    client_of.post(f"{page}line/", {**LINE, "line": line.pk, "total": "30"})
    line.refresh_from_db()
    assert (line.total, contract.lines.count()) == (30, 1)
    assert client_of.post(f"{page}invoice/")["Location"] == page
    contract.refresh_from_db()
    assert contract.state != Contract.State.DRAFT
    assert client_of.post(f"{page}remove-line/", {"line": line.pk}).status_code == 302
    assert contract.lines.count() == 1


def test_a_wrong_line_is_refused_beside_its_fields(client_of, agent):
    contract = make_contract(agent)
    wrong = {**LINE, "total": "-3", "price": "much", "title": "", "starts_on": "2026-02-30"}
    answer = client_of.post(f"/contracts/{contract.pk}/line/", wrong)
    assert answer.status_code == 422
    page = text_of(answer)
    for name in ("total", "price", "title", "starts_on"):
        assert f'id="id_{name}_error"' in page, name
    assert 'value="much"' in page
    assert contract.lines.count() == 0


def test_a_line_of_another_contract_is_not_touched(client_of, agent):
    mine, other = make_contract(agent), make_contract(agent, name="Other")
    line = make_line(other)
    before = (line.title, line.state)
    for verb in ("remove-line", "cancel-line"):
        client_of.post(f"/contracts/{mine.pk}/{verb}/", {"line": line.pk})
        assert client_of.get(f"/contracts/{mine.pk}/{verb}/").status_code == 405
    client_of.post(f"/contracts/{mine.pk}/line/", {**LINE, "line": line.pk, "title": "Stolen"})
    line.refresh_from_db()
    assert (line.title, line.state) == before


def test_readers_of_a_contract_change_nothing(owner, agent, sign_in):
    contract = make_contract(agent)
    make_line(contract)
    before = Contract.objects.values().get()
    client = sign_in(owner)
    for verb in ("line", "invoice", "hold", "cancel", "renew", "remove-line"):
        answer = client.post(f"/contracts/{contract.pk}/{verb}/", LINE)
        assert answer.status_code in (403, 404), verb
    assert Contract.objects.values().get() == before
    assert contract.lines.count() == 1


def publish(client, article):
    for verb in ("submit", "approve", "publish"):
        client.post(f"/articles/{article.pk}/{verb}/")
    article.refresh_from_db()
    assert article.state == Article.State.PUBLISHED


def test_a_published_article_goes_on_as_a_new_version(client_of, agent):
    article = make_article(agent, body="# Clean it\n\n<script>alert(1)</script> **first**")
    publish(client_of, article)
    answer = client_of.post(f"/articles/{article.pk}/update/", {"is_major": "on"})
    draft = Article.objects.get(state=Article.State.DRAFT)
    assert answer["Location"] == f"/articles/{draft.pk}/"
    assert (draft.number, draft.version_name) == (article.number, "2.0")
    page = text_of(client_of.get(f"/articles/{article.pk}/"))
    assert "<strong>first</strong>" in page
    assert "<script>alert" not in page
    assert f"/articles/{draft.pk}/" in text_of(client_of.get(f"/articles/{article.pk}/"))
    publish(client_of, draft)
    article.refresh_from_db()
    assert article.state == Article.State.ARCHIVED
    old = text_of(client_of.get(f"/articles/{article.pk}/"))
    assert f"/articles/{draft.pk}/" in old


def test_a_published_text_is_edited_by_nobody(client_of, agent):
    article = make_article(agent)
    publish(client_of, article)
    data = {"title": "Changed", "body": "Other", "language": "en", "owner": agent.pk}
    answer = client_of.post(f"/articles/{article.pk}/edit/", data)
    assert answer.status_code == 422
    article.refresh_from_db()
    assert article.title == "Pump stops at 40 °C"


def test_readers_publish_nothing(owner, agent, sign_in):
    article = make_article(agent)
    for verb in ("submit", "approve", "publish", "discard", "update"):
        answer = sign_in(owner).post(f"/articles/{article.pk}/{verb}/")
        assert answer.status_code in (403, 404), verb
    article.refresh_from_db()
    assert article.state == Article.State.DRAFT
