"""Fixtures for all tests."""

pytest_plugins = ["tests.people", "tests.servers", "tests.browsing", "tests.mail_server"]
