from datetime import date
from decimal import Decimal

import pytest

from crm.conditions.errors import BadCondition
from crm.conditions.periods import days_of, is_period, period_label
from crm.conditions.schema import DEEPEST, MOST_CONDITIONS, Op, Range, leaves, stored, validate
from crm.registry.registry import registry

OPPORTUNITY = registry.get("opportunity")


def read(tree):
    return validate(OPPORTUNITY, tree)


def one(field, op, value=None):
    leaf = {"field": field, "op": op}
    return leaf if value is None else {**leaf, "value": value}


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        (None, ""),
        ([], ""),
        ({}, ""),
        ({"all": [], "any": []}, ""),
        ({"all": "stage"}, "all"),
        ({"any": []}, "any"),
        ({"any": [{"all": []}]}, "any.0.all"),
        ({"all": [one("stage", "any_of", ["propose"]), 7]}, "all.1"),
        (one("nonsense", "blank"), "field"),
        (one(["stage"], "blank"), "field"),
        (one("search_text", "contains", "x"), "field"),
        (one("owner__password", "contains", "x"), "field"),
        (one("owner__user__password", "contains", "x"), "field"),
        (one("created_by__name", "contains", "x"), "field"),
        (one("account__parent__parent__name", "contains", "x"), "field"),
        (one("account__pk__in", "contains", "x"), "field"),
        (one("stage", "contains", "prop"), "op"),
        (one("stage", {"any_of": 1}, ["propose"]), "op"),
        (one("stage", "any_of", "propose"), "value"),
        (one("stage", "any_of", []), "value"),
        (one("stage", "any_of", ["propose", "nonsense"]), "value.1"),
        (one("name", "contains", "   "), "value"),
        (one("name", "contains", "a\0b"), "value"),
        (one("name", "contains", "x" * 201), "value"),
        (one("probability", "is", "12.5"), "value"),
        (one("probability", "over", "many"), "value"),
        (one("probability", "over", True), "value"),
        (one("estimated_revenue", "over", "NaN"), "value"),
        (one("estimated_revenue", "over", "1e30"), "value"),
        (one("estimated_revenue", "between", {}), "value"),
        (one("estimated_revenue", "between", {"from": 1, "until": 2}), "value"),
        (one("est_close_on", "within", "someday"), "value"),
        (one("est_close_on", "between", {"from": "31.12.2026"}), "value.from"),
        (one("est_close_on", "between", {"to": "0001-01-01"}), "value.to"),
        (one("owner", "any_of", ["you"]), "value.0"),
        (one("account", "any_of", ["-1"]), "value.0"),
        (one("account", "any_of", [2**63]), "value.0"),
        (one("account", "any_of", ["²"]), "value.0"),
        ({"all": [], "order": "name"}, ""),
        ({**one("stage", "blank"), "more": 1}, ""),
    ],
)
def test_what_is_no_condition_is_refused_at_its_place(tree, place):
    with pytest.raises(BadCondition) as refused:
        read(tree)
    assert refused.value.place == place
    assert str(refused.value)


def test_a_tree_too_deep_or_too_long_is_refused():
    deep = one("stage", "blank")
    for _ in range(DEEPEST + 1):
        deep = {"all": [deep]}
    with pytest.raises(BadCondition):
        read(deep)
    with pytest.raises(BadCondition):
        read({"any": [one("stage", "blank")] * (MOST_CONDITIONS + 1)})
    assert len(leaves(read({"any": [one("stage", "blank")] * MOST_CONDITIONS}))) == MOST_CONDITIONS


def test_values_are_read_in_the_type_of_their_field():
    tree = {
        "all": [
            one("probability", "between", {"from": "9.5", "to": "20.5"}),
            one("probability", "over", "5.5"),
            one("estimated_revenue", "under", "1000.50"),
            one("est_close_on", "between", {"to": "2026-12-31"}),
            one("account__industry", "any_of", ["energy", "energy"]),
            one("owner", "any_of", ["me", "12"]),
        ]
    }
    values = [leaf.value for leaf in leaves(read(tree))]
    assert values == [
        Range(10, 20),
        5,
        Decimal("1000.50"),
        Range(None, date(2026, 12, 31)),
        ("energy",),
        ("me", 12),
    ]


def test_a_lone_condition_is_a_group_of_one():
    group = read(one("stage", "any_of", ["propose"]))
    assert [leaf.op for leaf in leaves(group)] == [Op.ANY_OF]
    assert not group.is_any


def test_what_is_stored_is_read_back_the_same():
    tree = {
        "any": [
            one("estimated_revenue", "between", {"from": "1.5"}),
            {"all": [one("est_close_on", "within", "next7"), one("name", "starts", "Pilot")]},
            one("closed_on", "blank"),
            one("has_proposal", "is", False),
            one("est_close_on", "between", {"from": "2026-01-01", "to": "2026-03-31"}),
        ]
    }
    assert stored(read(tree)) == tree


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        ("overdue", None, date(2026, 11, 18)),
        ("today", date(2026, 11, 18), date(2026, 11, 19)),
        ("future", date(2026, 11, 19), None),
        ("next7", date(2026, 11, 18), date(2026, 11, 25)),
        ("last30", date(2026, 10, 19), date(2026, 11, 19)),
        ("before90", None, date(2026, 8, 20)),
        ("week", date(2026, 11, 16), date(2026, 11, 23)),
        ("last_week", date(2026, 11, 9), date(2026, 11, 16)),
        ("month", date(2026, 11, 1), date(2026, 12, 1)),
        ("next_month", date(2026, 12, 1), date(2027, 1, 1)),
        ("last_quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("next_quarter", date(2027, 1, 1), date(2027, 4, 1)),
        ("last_year", date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_a_period_has_its_days(period, first, after):
    assert days_of(period, date(2026, 11, 18)) == (first, after)
    assert is_period(period)


@pytest.mark.parametrize("period", ["", "next", "next0", "next99999", "last4000", "NEXT7", None, 7])
def test_other_words_are_no_periods(period):
    assert not is_period(period)


def test_a_counted_period_is_said_with_its_number():
    assert period_label("next1") == "in the next 1 day"
    assert period_label("before30") == "more than 30 days ago"
