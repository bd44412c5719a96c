"""The compiler of conditions against a reader of conditions in plain Python."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crm.conditions.compiler import compile_node
from crm.conditions.schema import leaves, validate
from crm.conditions.words import say
from crm.registry.registry import registry
from opportunities.models import Opportunity
from tests.factories.accounts import make_account
from tests.factories.opportunities import make_competitor, make_opportunity

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 23, 30, tzinfo=UTC)
BERLIN = NOW.astimezone(ZoneInfo("Europe/Berlin"))  # where it is the 19th already
TODAY = date(2026, 11, 19)

NAMES = ("Énergie verte", "energie", "Pilot line", "pilot LINE 2", "100% sure_thing", "x")
STAGES = ("qualify", "develop", "propose", "close")
INDUSTRIES = ("energy", "retail", "")


def compile_tree(record_type, tree, actor, now):
    """The Q of a tree as it is stored."""
    return compile_node(validate(record_type, tree), actor, now)


@pytest.fixture
def rows(owner, teammate, stranger):
    """Deals of several people about accounts of which the owner sees two thirds."""
    people = (owner, teammate, stranger)
    accounts = [
        make_account(people[i % 3], name=f"Account {i}", industry=INDUSTRIES[i // 3], city=NAMES[i])
        for i in range(6)
    ]
    rivals = [make_competitor(people[i], name=f"Rival {i}") for i in range(3)]
    found = []
    for i in range(36):
        deal = make_opportunity(
            people[i % 2],
            name=NAMES[i % 6],
            stage=STAGES[i % 4],
            account=accounts[i % 6] if i % 5 else None,
            estimated_revenue=Decimal(i * 1000) if i % 4 else None,
            probability=i % 7 * 10,
            est_close_on=TODAY + timedelta(days=(i - 18) * 4) if i % 6 else None,
            has_proposal=bool(i % 2),
            timeframe=("this_quarter", "unknown", "")[i % 3],
        )
        Opportunity.objects.filter(pk=deal.pk).update(
            created_at=NOW - timedelta(hours=i * 7), description=NAMES[(i + 1) % 6] * (i % 2)
        )
        deal.competitors.set(rivals[: i % 4])
        found.append(deal)
    return list(Opportunity.objects.filter(pk__in=[deal.pk for deal in found]))


def fold(text):
    parts = unicodedata.normalize("NFD", text or "")
    return "".join(c for c in parts if not unicodedata.combining(c)).lower()


class Reader:
    """Says of one row whether a tree is true, as the people of the tests would."""

    def __init__(self, person, visible_owners):
        self.person, self.visible_owners = person, visible_owners

    def holds(self, row, tree):
        if "all" in tree:
            return all(self.holds(row, part) for part in tree["all"])
        if "any" in tree:
            return any(self.holds(row, part) for part in tree["any"])
        opposites = {"excludes": "contains", "is_not": "is", "none_of": "any_of", "blank": "filled"}
        op = tree["op"]
        value = self.value(row, tree["field"])
        if op in opposites:
            return not self.is_true(value, opposites[op], tree.get("value"))
        return self.is_true(value, op, tree.get("value"))

    def value(self, row, path):
        first, _sep, rest = path.partition("__")
        if first == "competitors":
            return {one.pk for one in row.competitors.all() if self.sees(one)}
        found = getattr(row, first)
        if first == "account":
            if found is None or not self.sees(found):
                return None
            return self.value(found, rest) if rest else found.pk
        return found.pk if first == "owner" else found

    def sees(self, record):
        return self.visible_owners is None or record.owner_id in self.visible_owners

    def is_true(self, value, op, wanted):
        if op == "filled":
            return value not in (None, "", set())
        if value is None:
            return False
        if op == "any_of":
            meant = {self.person.pk if one == "me" else one for one in wanted}
            return bool(value & meant) if isinstance(value, set) else value in meant
        if op in ("within", "between"):
            return getattr(self, f"is_{op}")(value, wanted)
        return self.compares(value, op, wanted)

    def compares(self, value, op, wanted):
        if isinstance(value, str):
            text, sought = fold(value), fold(wanted.strip())
            return {
                "contains": sought in text,
                "starts": text.startswith(sought),
                "is": text == sought,
            }[op]
        number = Decimal(wanted) if isinstance(wanted, str) else wanted
        return {"is": value == number, "over": value > number, "under": value < number}[op]

    def is_within(self, value, period):
        day = value.astimezone(BERLIN.tzinfo).date() if isinstance(value, datetime) else value
        away = (day - TODAY).days
        return {
            "overdue": away < 0,
            "today": away == 0,
            "next7": 0 <= away < 7,
            "last7": -7 <= away <= 0,
            "before30": away < -30,
            "month": (day.year, day.month) == (TODAY.year, TODAY.month),
            "year": day.year == TODAY.year,
        }[period]

    def is_between(self, value, wanted):
        if isinstance(value, datetime):
            value = value.astimezone(BERLIN.tzinfo).date()
        read = date.fromisoformat if isinstance(value, date) else Decimal
        return ("from" not in wanted or value >= read(wanted["from"])) and (
            "to" not in wanted or value <= read(wanted["to"])
        )


def leaf(fields, ops, values):
    return st.builds(
        lambda field, op, value: {"field": field, "op": op, "value": value},
        st.sampled_from(fields),
        st.sampled_from(ops),
        values,
    )


def some(values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


NUMBERS = st.sampled_from(["0", "10", "20", "9000", "11000", "35000"])
DAYS = st.integers(-80, 80).map(lambda days: (TODAY + timedelta(days=days)).isoformat())


def ends(values):
    start, end = st.builds(lambda v: {"from": v}, values), st.builds(lambda v: {"to": v}, values)
    return st.one_of(start, end, st.builds(lambda a, b: {"from": a, "to": b}, values, values))


TEXTS = st.sampled_from([" energie ", "PILOT", "line", "e", "%", "_", "\\", "2", "verte"])
PERIODS = st.sampled_from(["overdue", "today", "next7", "last7", "before30", "month", "year"])
TEXT_FIELDS = ("name", "description", "account__city")
NUMBER_FIELDS = ("estimated_revenue", "probability")
EVERY_FIELD = (
    *TEXT_FIELDS,
    *NUMBER_FIELDS,
    *("stage", "timeframe", "account", "account__industry", "owner", "competitors"),
    *("est_close_on", "created_at", "has_proposal"),
)
LEAVES = st.one_of(
    leaf(TEXT_FIELDS, ("contains", "excludes", "starts", "is", "is_not"), TEXTS),
    leaf(NUMBER_FIELDS, ("is", "is_not", "over", "under"), NUMBERS),
    leaf(NUMBER_FIELDS, ("between",), ends(NUMBERS)),
    leaf(("stage",), ("any_of", "none_of"), some(STAGES)),
    leaf(("account__industry",), ("any_of", "none_of"), some(INDUSTRIES[:2])),
    leaf(("est_close_on", "created_at"), ("within",), PERIODS),
    leaf(("est_close_on", "created_at"), ("between",), ends(DAYS)),
    leaf(("has_proposal",), ("is",), st.booleans()),
    st.builds(
        lambda field, op: {"field": field, "op": op},
        st.sampled_from(EVERY_FIELD),
        st.sampled_from(("blank", "filled")),
    ),
)
LINKS = ("account", "owner", "competitors")
# The two halves read one joined table, which a first half of two comparisons had made an inner one.
ONE_LINK_TWICE = {
    "any": [
        {"field": "account__city", "op": "contains", "value": " energie "},
        {"field": "account__industry", "op": "none_of", "value": ["energy"]},
    ]
}


def trees(keys):
    linked = st.one_of(
        *(
            leaf((field,), ("any_of", "none_of"), some([*keys[field], *extra]))
            for field, extra in zip(LINKS, ((), ("me",), ()), strict=True)
        )
    )
    return st.recursive(st.one_of(LEAVES, linked), groups, max_leaves=6)


def groups(parts):
    some_parts = st.lists(parts, min_size=1, max_size=3)
    return st.builds(lambda name, p: {name: p}, st.sampled_from(("all", "any")), some_parts)


@pytest.mark.parametrize("who", ["owner", "admin"])
def test_what_is_compiled_finds_the_rows_a_reader_would(
    who, rows, owner, teammate, admin, as_actor
):
    person = {"owner": owner, "admin": admin}[who]
    reader = Reader(person, {owner.pk, teammate.pk} if who == "owner" else None)
    actor = as_actor(person)
    keys = {
        "account": sorted({row.account_id for row in rows if row.account_id}),
        "owner": sorted({row.owner_id for row in rows}),
        "competitors": sorted({one.pk for row in rows for one in row.competitors.all()}),
    }

    @settings(
        max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(trees(keys))
    @example(ONE_LINK_TWICE)
    def holds(tree):
        narrowed = Opportunity.objects.filter(
            compile_tree(registry.get("opportunity"), tree, actor, BERLIN)
        )
        found = list(narrowed.values_list("pk", flat=True))
        assert sorted(found) == sorted(row.pk for row in rows if reader.holds(row, tree))

    holds()


def test_a_condition_tells_nothing_of_a_linked_record_one_may_not_see(owner, stranger, as_actor):
    hidden = make_account(stranger, name="Hidden", industry="energy")
    deal = make_opportunity(owner, account=hidden)
    record_type = registry.get("opportunity")

    def found(person, **condition):
        asked = compile_tree(record_type, condition, as_actor(person), NOW)
        return Opportunity.objects.filter(asked, pk=deal.pk).exists()

    asked = {"field": "account__industry", "op": "any_of", "value": ["energy"]}
    assert not found(owner, **asked)
    assert found(owner, field="account__industry", op="blank")
    assert found(owner, field="account", op="blank")
    assert not found(owner, field="account", op="any_of", value=[hidden.pk])


def test_me_and_my_teams_are_whoever_reads(rows, owner, teammate, as_actor):
    record_type = registry.get("opportunity")
    tree = {"field": "owner", "op": "any_of", "value": ["me"]}
    for person in (owner, teammate):
        mine = Opportunity.objects.filter(compile_tree(record_type, tree, as_actor(person), NOW))
        assert {deal.owner_id for deal in mine} == {person.pk}
        assert mine.count() == 18


def test_a_moment_without_a_zone_is_refused(owner, as_actor):
    with pytest.raises(ValueError, match="zone"):
        compile_tree(
            registry.get("opportunity"), {"all": []}, as_actor(owner), NOW.replace(tzinfo=None)
        )


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        (("name", "contains", "pilot"), "Topic contains “pilot”"),
        (("stage", "any_of", ["propose", "close"]), "Stage is Propose or Close"),
        (("stage", "none_of", list(STAGES)), "Stage is not Qualify, Develop or 2 more"),
        (("account__industry", "blank"), "Account: industry is empty"),
        (("est_close_on", "within", "next7"), "Est. close date in the next 7 days"),
        (("estimated_revenue", "between", {"from": "5000"}), "Est. revenue from 5,000"),
        (("probability", "between", {"to": 20}), "Probability up to 20"),
        (("has_proposal", "is", True), "Proposal developed is yes"),
        (("owner", "any_of", ["me", "teams"]), "Owner is me or me or my teams"),
    ],
)
def test_a_condition_can_be_said(tree, words, owner, as_actor):
    record_type = registry.get("opportunity")
    field, op, *value = tree
    asked = {"field": field, "op": op, **({"value": value[0]} if value else {})}
    (said,) = [
        say(record_type, one, as_actor(owner)) for one in leaves(validate(record_type, asked))
    ]
    assert str(said) == words


def test_words_name_no_record_one_may_not_see(owner, stranger, as_actor):
    record_type = registry.get("opportunity")
    shown, hidden = make_account(owner, name="Shown"), make_account(stranger, name="Hidden")
    tree = {"field": "account", "op": "any_of", "value": [shown.pk, hidden.pk]}
    (leaf,) = leaves(validate(record_type, tree))
    assert str(say(record_type, leaf, as_actor(owner))) == "Account is Shown or one you may not see"
