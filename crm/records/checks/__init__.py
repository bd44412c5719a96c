"""Checks of the declarations, before anything is served: every word in them means something.

They run as Django system checks (`manage.py check`, `migrate`, `runserver`) and, with those of the
apps' declarations, when the web server and the workers start, which a mistake stops with a sentence
that names file, type and word.
"""

from collections.abc import Iterator
from typing import Any

from django.core import checks

from crm.records.checks.charts import wrong_charts
from crm.records.checks.names import unknown_names
from crm.records.checks.redundant import redundant_arguments
from crm.records.checks.vocabularies import unknown_words
from crm.records.merging.pointers import undeclared_pointers
from crm.registry.declaration import RecordType
from crm.registry.registry import registry
from crm.runtime.cache_versions import without_cache_versions

LOOKS = (unknown_words, unknown_names, wrong_charts, redundant_arguments)


@checks.register("records")
def declarations_name_real_things(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    return [checks.Error(problem, id="crm.E001") for problem in all_problems()]


@checks.register("records")
def pointers_are_declared(app_configs: Any, **_: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(
            f"'{name}' points to records of several types.",
            hint="Say with App(pointers=...) what becomes of it in a merge.",
            id="crm.E002",
        )
        for name in undeclared_pointers()
    ]


def all_problems() -> list[str]:
    """What is wrong with the declarations, whatever administrators defined; opens no connection."""
    with without_cache_versions():
        return [one for declared in registry.declared.values() for one in problems(declared)]


def problems(record_type: RecordType) -> Iterator[str]:
    """What is wrong with a declaration, each as 'file: type: sentence'.

    The file is the one that declares the type, or that adds the panel or verb which is wrong: what
    is wrong only once an addition is there, is wrong with the addition.
    """
    key, additions = record_type.key, registry.additions_to(record_type.key)
    for addition in additions:
        record_type = addition.taken_from(record_type)
    seen = _sentences(record_type)
    yield from (f"{registry.declared_in(key)}: {key}: {sentence}" for sentence in seen)
    for addition in additions:
        record_type = addition.added_to(record_type)
        sentences = _sentences(record_type)
        new = (sentence for sentence in sentences if sentence not in seen)
        yield from (f"{addition.file}: {key}: {sentence}" for sentence in new)
        seen = sentences


def _sentences(record_type: RecordType) -> list[str]:
    return [sentence for look in LOOKS for sentence in look(record_type)]
