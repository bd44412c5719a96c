"""The registry hands out the types of the definitions in force."""

from dataclasses import replace
from functools import partial

import pytest

from crm.registry.derived import derived
from crm.registry.registry import Registry, registry

LEAD, CASE = registry.get("lead"), registry.get("case")


@pytest.fixture
def icons():
    """What is defined: type -> icon."""
    return {}


@pytest.fixture
def versions(monkeypatch):
    found = {"definitions": 0}
    monkeypatch.setattr("crm.registry.registry.cache_version", lambda name: found.get(name, 0))
    return found


@pytest.fixture
def types(icons, versions):
    made = Registry()
    made.register(LEAD)
    made.register(CASE)
    made.define(lambda: {key: partial(replace, icon=icon) for key, icon in icons.items()})
    made.freeze()
    return made


def test_what_nobody_defines_is_the_declaration_itself(types, versions):
    for versions["definitions"] in (0, 1, 2):
        assert types.get("lead") is LEAD
        assert list(types) == [LEAD, CASE]


def test_a_definition_counts_from_the_next_version_on(types, versions, icons):
    versions["definitions"] = 1
    assert types.get("lead").icon == LEAD.icon
    icons["lead"] = "star"
    assert types.get("lead").icon == LEAD.icon
    versions["definitions"] = 2
    assert types.get("lead").icon == "star"
    assert types.by_slug(LEAD.slug) is types.of(LEAD.model) is types.get("lead")
    assert types.declared["lead"] is LEAD


def test_each_version_has_its_own_objects_of_all_types(types, versions, icons):
    icons["lead"] = "star"
    found = {}
    for version in (1, 2):
        versions["definitions"] = version
        found[version] = [types.get("lead"), types.get("case")]
        assert found[version] == list(types)
    assert not {*map(id, found[1])} & {*map(id, found[2])}
    versions["definitions"] = 1
    assert [types.get("lead"), types.get("case")] == found[1]


def test_of_a_type_that_is_gone_a_definition_is_left(types, versions, icons):
    icons["gone"] = "star"
    versions["definitions"] = 1
    assert "gone" not in types
    assert types.get("lead").icon == LEAD.icon


def test_what_is_derived_of_a_type_is_computed_once_for_each_version(types, versions, icons):
    computed = []

    @derived
    def shown(record_type, size):
        computed.append((record_type.icon, size))
        return f"{record_type.icon} {size}"

    icons["lead"] = "star"
    versions["definitions"] = 1
    assert [shown(types.get("lead"), size) for size in (1, 1, 2)] == ["star 1", "star 1", "star 2"]
    icons["lead"] = "flag"
    versions["definitions"] = 2
    assert shown(types.get("lead"), 1) == "flag 1"
    assert computed == [("star", 1), ("star", 2), ("flag", 1)]


def test_what_is_derived_looks_at_the_other_types_of_its_version(types, versions, icons):
    @derived
    def icon_of_leads(_record_type):
        return types.get("lead").icon

    for version, icon in ((1, "star"), (2, "flag")):
        icons["lead"] = icon
        versions["definitions"] = version
        assert icon_of_leads(types.get("case")) == icon
