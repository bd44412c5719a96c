"""The board of a type: its cards by lane, narrowed as the list is, page by page."""

import re
from decimal import Decimal

import pytest

from tests.factories.opportunities import make_opportunity
from tests.markup import tight

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(owner, sign_in, monkeypatch):
    """Fetches an address of the board as the owner, with two cards to a page."""
    monkeypatch.setattr("crm.records.lists.board_columns.CARDS", 2)
    client = sign_in(owner)

    def fetch(query="", **headers):
        response = client.get(f"/opportunities/board/{query}", headers=headers)
        response.text_ = tight(response.content.decode())
        return response

    return fetch


def cards(text, lane="qualify"):
    """The names on the cards of a lane, from top to bottom."""
    found = re.search(rf'data-lane="{lane}".*?</section>', text, re.DOTALL)
    return re.findall(r'aria-label="Move (.*?) to"', found[0] if found else text)


def more(text):
    found = re.search(r'href="([^"]+)" hx-get', text)
    return found and found[1].replace("&amp;", "&")


def make_deals(owner, count, **values):
    return [make_opportunity(owner, name=f"Deal {number}", **values) for number in range(count)]


def test_a_lane_goes_on_page_by_page_without_scripts(page, owner):
    make_deals(owner, 5)
    first = page()
    assert cards(first.text_) == ["Deal 4", "Deal 3"]
    second = page(more(first.text_))
    assert cards(second.text_) == ["Deal 2", "Deal 1"]
    assert "First ones" in second.text_
    third = page(more(second.text_))
    assert (cards(third.text_), more(third.text_)) == (["Deal 0"], None)


def test_a_lane_goes_on_in_place_with_scripts(page, owner):
    make_deals(owner, 3)
    fragment = page(more(page().text_), hx_request="true").text_
    assert re.findall(r'aria-label="Move (.*?) to"', fragment) == ["Deal 0"]
    assert "<html" not in fragment
    assert "data-lane" not in fragment


def test_other_lanes_stay_where_they_are(page, owner):
    make_deals(owner, 3)
    make_opportunity(owner, name="Proposed", stage="propose")
    second = page(more(page().text_))
    assert cards(second.text_) == ["Deal 0"]
    assert cards(second.text_, "propose") == ["Proposed"]


def test_a_lane_counts_and_sums_all_its_cards(page, owner):
    make_deals(owner, 5, estimated_revenue=Decimal(1000))
    text = page().text_
    assert '<h2>Qualify</h2><span class="count">5</span>' in text
    assert "€5,000.00" in text


def test_the_filters_and_views_of_the_list_narrow_the_board(page, owner, admin):
    make_opportunity(owner, name="Warm one", rating="warm")
    make_opportunity(owner, name="Hot one", rating="hot")
    make_opportunity(admin, name="Somebody else's", rating="hot")
    hot = page("?rating=hot").text_
    assert cards(hot) == ["Hot one"]
    assert re.search(r'<span class="op">[^<]*</span> <b>Hot</b>', hot)
    assert cards(page("?q=warm").text_) == ["Warm one"]
    assert cards(page("?view=won").text_) == []
    assert cards(page("?mine=1&rating=hot").text_) == ["Hot one"]


def test_more_of_a_narrowed_lane_is_narrowed_too(page, owner):
    make_deals(owner, 3, rating="hot")
    make_deals(owner, 3, rating="cold")
    first = page("?rating=hot")
    assert cards(page(more(first.text_)).text_) == ["Deal 0"]


@pytest.mark.parametrize("query", ["?nonsense=1", "?lane=qualify&after=broken", "?rating=nonsense"])
def test_a_broken_address_says_so(page, owner, query):
    make_deals(owner, 1)
    assert page(query).status_code == 400


def test_a_moved_card_stays_on_the_narrowed_board(owner, sign_in):
    deal = make_opportunity(owner, rating="hot")
    answer = sign_in(owner).post(
        f"/opportunities/{deal.pk}/move/",
        {"value": "develop", "version": deal.version, "query": "rating=hot"},
    )
    deal.refresh_from_db()
    assert (answer["Location"], deal.stage) == ("/opportunities/board/?rating=hot", "develop")


def test_the_list_and_the_board_lead_to_each_other_with_their_filters(owner, sign_in):
    make_opportunity(owner, rating="hot")
    client = sign_in(owner)
    listed = tight(client.get("/opportunities/?view=all&rating=hot").content.decode())
    assert 'href="/opportunities/board/?view=all&amp;rating=hot"' in listed
    board = tight(client.get("/opportunities/board/?view=all&rating=hot").content.decode())
    assert 'href="/opportunities/?view=all&amp;rating=hot"' in board


def test_others_cards_are_not_shown_nor_counted(owner, stranger, sign_in):
    make_opportunity(stranger, name="Hidden")
    text = tight(sign_in(owner).get("/opportunities/board/").content.decode())
    assert "Hidden" not in text
    assert '<h2>Qualify</h2><span class="count">0</span>' in text


def test_the_board_offers_the_filters_of_its_list(owner, sign_in):
    make_opportunity(owner, rating="hot")
    client = sign_in(owner)
    board = tight(client.get("/opportunities/board/?mine=1&rating=hot").content.decode())
    address = re.search(r'class="menu-item" href="([^"]+)"', board)[1].replace("&amp;", "&")
    for headers in ({"hx-request": "true"}, {}):
        text = tight(client.get(f"{address}&part=filters", headers=headers).content.decode())
        assert 'method="get" action="/opportunities/board/">' in text
        assert '<input type="hidden" name="mine" value="1">' in text
        assert 'name="est_close_on_from"' in text
        assert re.search(r'name="rating" value="hot"[^>]* checked', text)
        assert 'name="sort"' not in text
        assert ("<html" in text) == (not headers)


def test_what_a_filter_form_sends_empty_is_left_out_of_the_address(page):
    answer = page("?rating=&view=all&est_close_on_from=&stage=propose")
    assert answer["Location"] == "/opportunities/board/?view=all&stage=propose"
