"""Every route there is, with numbers, names and forms that fit nothing: no error of ours."""

import re

import pytest
from django.db import transaction
from django.urls import get_resolver

from tests.contract.building import make_record
from tests.contract.test_routes import routes
from tests.factories.accounts import make_account

pytestmark = pytest.mark.django_db

# The log-in's own pages belong to a library, the data pages of the administration to Django;
# /healthz says by its status what is missing.
NOT_OURS = ("account_", "mfa_", "usersessions", "admin:", "healthz")
NUMBERS = ("0", "9" * 40)
WORDS = ("account", "edit", "%00")
FORM = {
    **dict.fromkeys(("q", "view", "sort", "ids", "owner", "name", "role", "user"), "²"),
    **dict.fromkeys(("value", "version", "field", "change", "next", "query", "at", "job"), "a\0b"),
    **dict.fromkeys(("before", "after", "page", "id", "kind", "tab", "show"), "9" * 40),
}


def ours():
    return sorted(
        {
            (name, path)
            for name, path in routes(get_resolver().url_patterns)
            if not name.startswith(NOT_OURS) and "(?P" not in path and "^" not in path
        }
    )


def addresses(path, record_id):
    """The route with its numbers and words filled in, each in a few ways."""
    for number, word in [
        *((number, "x") for number in NUMBERS),
        *((str(record_id), word) for word in WORDS),
    ]:

        def fill(match, number=number, word=word):
            kind, _colon, name = match[1].rpartition(":")
            if name == "record_type":
                return "accounts"
            if name == "column":
                return "city" if number == str(record_id) else word
            if kind == "uuid":
                return "00000000-0000-4000-8000-000000000000"
            return number if kind == "int" else word

        yield "/" + re.sub(r"<([^>]+)>", fill, path)


@pytest.mark.parametrize(("name", "path"), [pytest.param(*one, id=one[0]) for one in ours()])
def test_a_route_answers_whatever_it_is_asked(name, path, admin, sign_in):
    account, client = make_account(admin), sign_in(admin)
    for address in dict.fromkeys(addresses(path, account.pk)):
        for send in (
            lambda client, address: client.get(address, FORM),
            lambda client, address: client.post(address, FORM),
        ):
            with transaction.atomic():
                response = send(client, address)
                transaction.set_rollback(True)
            assert response.status_code < 500, (address, response.status_code)


def test_a_method_nobody_expects_is_refused(admin, sign_in):
    client = sign_in(admin)
    record = make_record(type(make_account(admin)), admin)
    for path in ("/accounts/", f"/accounts/{record.pk}/", f"/accounts/{record.pk}/edit/", "/"):
        for method in ("put", "delete", "patch", "trace", "options"):
            assert getattr(client, method)(path).status_code < 500, (path, method)
    assert type(record).objects.alive().filter(pk=record.pk).exists()
