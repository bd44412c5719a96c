"""Fixtures for all tests."""

from typing import Any

import pytest
from hypothesis import settings

from crm.launch.translations import compile_translations
from crm.runtime.cache_versions import without_cache_versions

pytest_plugins = ["tests.people", "tests.servers", "tests.browsing", "tests.mail_server"]


# No test asserts seconds, and a change is judged by the same examples wherever it is tested.
settings.register_profile("crm", deadline=None, derandomize=True)
settings.load_profile("crm")


def pytest_configure(config: pytest.Config) -> None:
    """Pages in French are in French also in a fresh clone; workers find what is compiled."""
    if not hasattr(config, "workerinput"):
        compile_translations()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Any:
    """Tests are parametrized by the declared types: collecting them reads no database."""
    with without_cache_versions():
        return (yield)
