"""The rows of a view, of conditions and of a quick find, without any address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Account
from crm.access.actor import Actor
from crm.charts.grouping import count_rows
from crm.conditions.schema import validate
from crm.records.lists.board_columns import BoardColumns
from crm.records.lists.selection import BadSelection, Selection
from crm.records.lists.tables import bound_columns
from crm.registry.registry import registry
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_opportunity

pytestmark = pytest.mark.django_db


def select(actor, key="account", *, view="all", where=(), **more):
    record_type = registry.get(key)
    views = {one.key: one for one in record_type.views}
    conditions = validate(record_type, {"all": list(where)})
    return Selection(
        actor=actor, record_type=record_type, view=views[view], where=conditions, **more
    )


def names(rows):
    return [row.name for row in rows]


@pytest.fixture
def accounts(owner, stranger):
    return [
        make_account(owner, name="Aurora", industry="energy"),
        make_account(owner, name="Borealis", industry="retail"),
        make_account(stranger, name="Cassiopeia", industry="energy"),
    ]


def page_of(selection, **more):
    return selection.page(bound_columns(selection.record_type), **more)


def test_view_conditions_and_quick_find_narrow_what_the_actor_may_see(
    accounts, owner, admin, as_actor
):
    energy = {"field": "industry", "op": "any_of", "value": ["energy"]}
    assert sorted(names(select(as_actor(owner)).rows)) == ["Aurora", "Borealis"]
    assert sorted(names(select(as_actor(admin), where=[energy]).rows)) == ["Aurora", "Cassiopeia"]
    assert names(select(as_actor(owner), where=[energy]).rows) == ["Aurora"]
    assert names(select(as_actor(owner), find="boreal").rows) == ["Borealis"]
    assert names(select(as_actor(admin), view="mine").rows) == []
    assert select(as_actor(admin), where=[energy]).count == 2


def test_pages_are_in_its_order_and_follow_each_other_both_ways(accounts, admin, as_actor):
    selection = select(as_actor(admin), sort=["-name"])
    first = page_of(selection, size=2)
    assert names(first.rows) == ["Cassiopeia", "Borealis"]
    second = page_of(selection, size=2, after=first.next_cursor)
    assert names(second.rows) == ["Aurora"]
    assert second.next_cursor == ""
    assert names(page_of(selection, size=2, before=second.previous_cursor).rows) == names(
        first.rows
    )
    assert names(selection.exportable) == ["Cassiopeia", "Borealis", "Aurora"]


def test_without_an_order_the_views_own_counts(accounts, admin, as_actor):
    later = timezone.now() + timedelta(days=1)
    Account.objects.filter(name="Borealis").update(modified_at=later)
    selection = select(as_actor(admin))
    assert selection.sort_names == selection.view.sort.split(",")
    assert names(page_of(selection, size=1).rows) == names(
        selection.rows.order_by(selection.view.sort, "-pk")[:1]
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"sort": ["nonsense"]}, "The list can't be sorted by “nonsense”."),
        ({"sort": ["name", "-name"]}, "The list can be sorted by three different columns."),
        ({"sort": ["name", "city", "owner", "number"]}, "three different columns"),
        ({"find": "a\0b"}, "This text can't be searched for. Try fewer letters."),
        ({"find": "x" * 201}, "This text can't be searched for. Try fewer letters."),
    ],
)
def test_what_no_rows_can_be_selected_by_is_refused_when_it_is_made(given, sentence):
    with pytest.raises(BadSelection, match=sentence.replace(".", r"\.")) as refused:
        select(Actor.system(), **given)
    assert refused.value.status == 400


def test_one_row_is_shown_also_when_it_is_not_selected_any_more(accounts, owner, as_actor):
    aurora, _borealis, hidden = accounts
    selection = select(as_actor(owner), find="boreal")
    columns = bound_columns(selection.record_type)
    assert names(selection.row_of(aurora.pk, columns)) == ["Aurora"]
    assert selection.row_of(hidden.pk, columns) == []


def test_a_page_takes_one_query_and_its_count_another(
    accounts, admin, as_actor, django_assert_num_queries
):
    selection = select(as_actor(admin))
    assert selection.actor.grants.can_administer
    with django_assert_num_queries(1):
        assert selection.count == 3
        assert selection.count == 3
    with django_assert_num_queries(1):
        page_of(selection, size=2)


def test_boards_and_charts_are_drawn_from_a_selection(accounts, owner, as_actor):
    for stage in ("qualify", "propose", "propose"):
        make_opportunity(owner, account=accounts[0], stage=stage)
    selection = select(as_actor(owner), "opportunity")
    shown = BoardColumns(selection, selection.record_type.board).shown()
    counts = {column.lane.value: column.count for column in shown if column.count}
    assert counts == {"qualify": 1, "propose": 2}
    chart = next(one for one in selection.record_type.charts if one.by == "account")
    assert [group.key for group in count_rows(selection, chart).groups] == [accounts[0].pk]
