"""Every route stands in the policy table, and signed out only the public ones answer."""

import re

import pytest
from django.urls import URLPattern, get_resolver

from crm.access.routes import ROUTES, Policy, policy_of

VALUES = {
    "record_type": "accounts",
    "record_id": "1",
    "job_id": "1",
    "file_id": "1",
    "role_id": "1",
    "operation_id": "00000000-0000-4000-8000-000000000000",
    "key": "account",
    "target": "account",
    "file_format": "csv",
    "action": "merge",
    "verb": "edit",
    "column": "city",
}


def routes(patterns, namespace="", prefix=""):
    for entry in patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or path), path
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry.url_patterns, inner, path)


ALL = sorted(set(routes(get_resolver().url_patterns)))


def test_every_route_stands_in_the_policy_table():
    unknown = [name for name, _path in ALL if policy_of(name) is None]
    assert unknown == []


def test_the_table_names_no_route_that_is_gone():
    names = [name for name, _path in ALL]
    gone = [
        known
        for known in ROUTES
        if not any(
            name == known or (known.endswith("*") and name.startswith(known[:-1])) for name in names
        )
    ]
    assert gone == []


def address(path):
    """An address for a route: its parameters filled with plausible values."""

    def fill(match):
        kind, _colon, name = match[1].rpartition(":")
        return VALUES.get(name, "1" if kind == "int" else "x")

    return "/" + re.sub(r"<([^>]+)>", fill, path)


CLOSED = [
    pytest.param(path, id=name)
    for name, path in ALL
    if policy_of(name) not in (None, Policy.PUBLIC) and "(?P" not in path and "^" not in path
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_signed_out_a_closed_route_leads_to_the_log_in(path, method, client):
    response = getattr(client, method)(address(path))
    assert response.status_code in (302, 404, 405), address(path)
    if response.status_code == 302:
        assert "/login/" in response["Location"], response["Location"]
