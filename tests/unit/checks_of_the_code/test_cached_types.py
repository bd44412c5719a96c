"""The check for caches that outlive the definitions of a type."""

import pytest

from tests.checks.cached_types import faults


@pytest.mark.parametrize("decorator", ["cache", "functools.cache", "lru_cache(maxsize=9)"])
@pytest.mark.parametrize(
    "argument", ["record_type", "type_key: str", "wanted: RecordType", "model: type[Record]"]
)
def test_a_cache_for_the_life_of_the_process_takes_no_type(decorator, argument):
    source = f"@{decorator}\ndef columns({argument}, *, more=()):\n    return more\n"
    assert list(faults(source)) == [(2, "columns")]


@pytest.mark.parametrize(
    "source",
    [
        "@cache\ndef icon(name: str):\n    return name\n",
        "@derived\ndef columns(record_type: RecordType):\n    return ()\n",
        "def columns(record_type: RecordType):\n    return ()\n",
    ],
)
def test_other_functions_pass(source):
    assert list(faults(source)) == []
