from datetime import date
from decimal import Decimal

import pytest

from opportunities.models import Opportunity
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_competitor, make_opportunity
from tests.markup import tight


def text_of(answer):
    return tight(answer.content.decode())


def test_the_page_shows_stages_steps_customer_and_rivals(owner, sign_in):
    deal = make_opportunity(
        owner, account=make_account(owner), contact=make_contact(owner), has_decision_maker=True
    )
    deal.competitors.add(make_competitor(owner))

    page = text_of(sign_in(owner).get(f"/opportunities/{deal.pk}/"))

    assert "0 d · 3 of 6 steps done" in page
    assert "To do in “Qualify”:" in page
    assert "Orbis" in page
    assert "Aurelis Diagnostics" in page


def test_a_stage_is_a_button_that_moves_the_deal(owner, sign_in):
    deal = make_opportunity(owner)

    answer = sign_in(owner).post(
        f"/opportunities/{deal.pk}/stage/", {"value": "develop", "version": "1"}
    )

    deal.refresh_from_db()
    assert answer["Location"] == f"/opportunities/{deal.pk}/"
    assert deal.stage == Opportunity.Stage.DEVELOP


def test_a_stage_that_needs_more_asks_for_it_and_then_moves(owner, sign_in):
    deal = make_opportunity(owner)
    client = sign_in(owner)

    asked = client.post(f"/opportunities/{deal.pk}/stage/", {"value": "propose", "version": "1"})
    assert asked.status_code == 422
    assert "Fill this in to enter the stage." in text_of(asked)

    client.post(
        f"/opportunities/{deal.pk}/stage/",
        {"value": "propose", "version": "1", "est_close_on": "2026-12-31"},
    )
    deal.refresh_from_db()
    assert (deal.stage, deal.est_close_on) == ("propose", date(2026, 12, 31))


def test_a_card_is_moved_on_the_board(owner, sign_in):
    deal = make_opportunity(owner)

    answer = sign_in(owner).post(
        f"/opportunities/{deal.pk}/move/", {"value": "develop", "version": "1"}
    )

    deal.refresh_from_db()
    assert answer["Location"] == "/opportunities/board/"
    assert deal.stage == Opportunity.Stage.DEVELOP


def test_a_card_whose_lane_needs_more_leads_to_the_question(owner, sign_in):
    deal = make_opportunity(owner)
    client = sign_in(owner)

    answer = client.post(f"/opportunities/{deal.pk}/move/", {"value": "close", "version": "1"})

    deal.refresh_from_db()
    assert answer["Location"] == f"/opportunities/{deal.pk}/stage/?value=close"
    assert '<option value="close" selected>' in client.get(answer["Location"]).content.decode()
    assert deal.stage == Opportunity.Stage.QUALIFY


def test_the_board_marks_deals_without_next_step_and_stuck_ones(owner, sign_in):
    deal = make_opportunity(owner)
    Opportunity.objects.filter(pk=deal.pk).update(stage_entered_at="2025-01-01T00:00:00Z")

    page = text_of(sign_in(owner).get("/opportunities/board/"))

    assert "No next step" in page
    assert "Stuck" in page
    assert "€60,000.00" in page


def test_a_step_is_ticked_on_the_page(owner, sign_in):
    deal = make_opportunity(owner)

    sign_in(owner).post(f"/opportunities/{deal.pk}/step/", {"step": "has_decision_maker:on"})

    deal.refresh_from_db()
    assert deal.has_decision_maker is True


@pytest.mark.parametrize("step", ["", "state:on", "owner", "has_decision_maker"])
def test_a_step_that_is_none_changes_nothing(owner, sign_in, step):
    deal = make_opportunity(owner)

    answer = sign_in(owner).post(f"/opportunities/{deal.pk}/step/", {"step": step})

    deal.refresh_from_db()
    assert answer.status_code == 302
    assert deal.version == 1


def test_steps_and_rivals_change_by_post_only(owner, sign_in):
    deal = make_opportunity(owner)
    client = sign_in(owner)

    assert client.get(f"/opportunities/{deal.pk}/step/").status_code == 405
    assert client.get(f"/opportunities/{deal.pk}/drop-rival/").status_code == 405


def test_a_rival_is_added_and_removed(owner, sign_in):
    deal, rival = make_opportunity(owner), make_competitor(owner)
    client = sign_in(owner)

    client.post(f"/opportunities/{deal.pk}/add-rival/", {"competitor": rival.pk})
    assert list(deal.competitors.all()) == [rival]

    client.post(f"/opportunities/{deal.pk}/drop-rival/", {"competitor_id": rival.pk})
    assert not deal.competitors.exists()


def test_winning_by_dialog_proposes_the_estimate_and_closes(owner, sign_in):
    deal = make_opportunity(owner, account=make_account(owner))
    client = sign_in(owner)

    dialog = client.get(f"/opportunities/{deal.pk}/win/").content.decode()
    assert 'value="60000"' in dialog
    assert "Who bought" not in dialog

    client.post(f"/opportunities/{deal.pk}/win/", {"actual_revenue": "59999.99", "version": "1"})
    deal.refresh_from_db()
    assert (deal.state, deal.actual_revenue) == ("won", Decimal("59999.99"))


def test_winning_by_dialog_without_a_customer_asks_who_it_was(owner, sign_in):
    deal = make_opportunity(owner)

    answer = sign_in(owner).post(
        f"/opportunities/{deal.pk}/win/", {"actual_revenue": "10", "note": "By phone"}
    )

    page = text_of(answer)
    deal.refresh_from_db()
    assert answer.status_code == 422
    assert "Give a company, or a last name below." in page
    assert "By phone" in page
    assert deal.state == Opportunity.State.OPEN


def test_losing_by_dialog_names_the_rival(owner, sign_in):
    deal, rival = make_opportunity(owner), make_competitor(owner)

    sign_in(owner).post(
        f"/opportunities/{deal.pk}/lose/", {"reason": "out_sold", "lost_to": rival.pk}
    )

    deal.refresh_from_db()
    assert (deal.reason, deal.lost_to_id) == ("out_sold", rival.pk)


def test_holding_and_reopening_take_one_click(owner, sign_in):
    deal = make_opportunity(owner, state="lost", reason="canceled", forecast="lost")

    sign_in(owner).post(f"/opportunities/{deal.pk}/reopen/")

    deal.refresh_from_db()
    assert (deal.state, deal.forecast) == ("open", "pipeline")


@pytest.mark.parametrize("verb", ["win", "lose", "stage", "hold", "add-rival"])
def test_a_teammate_gets_no_dialog(owner, teammate, sign_in, verb):
    deal = make_opportunity(owner)
    client = sign_in(teammate)

    assert client.get(f"/opportunities/{deal.pk}/{verb}/").status_code == 403
    assert client.post(f"/opportunities/{deal.pk}/{verb}/").status_code == 403
    deal.refresh_from_db()
    assert deal.version == 1


@pytest.mark.parametrize(
    "view", ["mine", "open", "closing", "overdue", "idle", "won", "lost", "all"]
)
def test_every_view_of_the_list_answers(owner, sign_in, view):
    make_opportunity(owner, account=make_account(owner))

    assert sign_in(owner).get(f"/opportunities/?view={view}").status_code == 200


@pytest.mark.parametrize(
    ("slug", "view"),
    [
        ("accounts", "mine"),
        ("accounts", "customers"),
        ("accounts", "prospects"),
        ("accounts", "new"),
        ("contacts", "mine"),
        ("contacts", "private"),
        ("contacts", "new"),
        ("leads", "mine"),
        ("leads", "new"),
        ("leads", "hot"),
        ("leads", "qualified"),
        ("leads", "disqualified"),
        ("competitors", "all"),
    ],
)
def test_every_view_of_the_customers_answers(owner, sign_in, slug, view):
    assert sign_in(owner).get(f"/{slug}/?view={view}").status_code == 200


def test_the_account_page_shows_its_people_and_deals(owner, sign_in):
    account = make_account(owner)
    make_contact(owner, account=account)
    make_opportunity(owner, account=account, name="Bench service 2027")
    make_opportunity(
        owner,
        account=account,
        name="Older bench",
        state="won",
        reason="won",
        forecast="won",
        actual_revenue=Decimal("412000"),
        closed_on=date(2026, 1, 5),
    )
    make_account(owner, name="Aurelis Lyon", parent=account)

    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/"))

    for shown in ("Nadia Belkacem", "Bench service 2027", "Older bench", "Aurelis Lyon"):
        assert shown in page
    assert "€412,000.00" in page


def test_panels_keep_hidden_records_hidden(owner, stranger, sign_in):
    account = make_account(owner)
    make_contact(stranger, account=account)
    make_opportunity(stranger, account=account, name="Hidden deal")

    page = text_of(sign_in(owner).get(f"/accounts/{account.pk}/"))

    assert "Hidden deal" not in page
    assert "Nadia Belkacem" not in page


def test_the_start_page_lists_my_deals_without_a_next_step(owner, teammate, sign_in):
    make_opportunity(owner, name="Forgotten deal")
    make_opportunity(teammate, name="Somebody else's deal")

    page = text_of(sign_in(owner).get("/"))

    assert "Forgotten deal" in page
    assert "Somebody else" not in page
