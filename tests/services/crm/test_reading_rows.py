"""Rows as models read them: complete, in part, and together with what they link to."""

import pytest

from accounts.models import Account, Contact
from tests.factories.accounts import make_account, make_contact

pytestmark = pytest.mark.django_db


def test_a_row_read_whole_is_the_one_written(owner):
    made = make_account(owner, name="Aurelis", city="Lyon")
    found = Account.objects.get(pk=made.pk)
    assert (found, found.name, found.city) == (made, "Aurelis", "Lyon")
    assert (found._state.adding, found._state.db) == (False, "default")
    assert found.get_deferred_fields() == set()


def test_what_was_not_read_is_read_when_it_is_asked_for(owner, django_assert_num_queries):
    made = make_account(owner, city="Lyon")
    found = Account.objects.only("name").get(pk=made.pk)
    assert "city" in found.get_deferred_fields()
    with django_assert_num_queries(1):
        assert found.city == "Lyon"


def test_links_come_along_and_can_be_changed(owner, django_assert_num_queries):
    first, second = make_account(owner, name="Aurelis"), make_account(owner, name="Borealis")
    made = make_contact(owner, account=first)
    found = Contact.objects.select_related("account").get(pk=made.pk)
    with django_assert_num_queries(0):
        assert found.account.name == "Aurelis"
    found.account_id = second.pk
    assert found.account.name == "Borealis"
    found.save(update_fields=["account"])
    assert Contact.objects.get(pk=made.pk).account == second
