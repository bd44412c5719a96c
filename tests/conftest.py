"""Fixtures for all tests."""

import pytest

from crm.launch.translations import compile_translations

pytest_plugins = ["tests.people", "tests.servers", "tests.browsing", "tests.mail_server"]


def pytest_configure(config: pytest.Config) -> None:
    """Pages in French are in French also in a fresh clone; workers find what is compiled."""
    if not hasattr(config, "workerinput"):
        compile_translations()
