import uuid

import pytest

from accounts.models import Account
from crm.errors import RuleViolation
from crm.records.services import create_record, delete_records
from crm.records.services.once import make_once
from crm.registry.registry import registry


def maker(actor, name="Nordfjord"):
    return lambda: create_record(
        actor=actor, record_type=registry.get("account"), values={"name": name}
    )


def test_a_form_sent_twice_makes_one_record_and_answers_it_both_times(owner, as_actor):
    actor, token = as_actor(owner), uuid.uuid4()
    first, is_new = make_once(actor=actor, token=token, make=maker(actor))
    again, is_new_again = make_once(actor=actor, token=token, make=maker(actor))
    assert (again.pk, is_new, is_new_again) == (first.pk, True, False)
    assert Account.objects.count() == 1


def test_two_forms_make_two_records(owner, as_actor):
    actor = as_actor(owner)
    make_once(actor=actor, token=uuid.uuid4(), make=maker(actor))
    make_once(actor=actor, token=uuid.uuid4(), make=maker(actor))
    assert Account.objects.count() == 2


def test_a_token_is_its_user_s_own(owner, teammate, as_actor):
    token = uuid.uuid4()
    for user in (owner, teammate):
        actor = as_actor(user)
        make_once(actor=actor, token=token, make=maker(actor, user.name))
    assert set(Account.objects.values_list("name", flat=True)) == {"Owner", "Teammate"}


def test_a_refused_form_can_be_sent_again(owner, as_actor):
    actor, token = as_actor(owner), uuid.uuid4()

    def refuse():
        raise RuleViolation("No.")

    with pytest.raises(RuleViolation):
        make_once(actor=actor, token=token, make=refuse)
    _record, is_new = make_once(actor=actor, token=token, make=maker(actor))
    assert is_new is True


def test_what_went_to_the_bin_is_not_made_again(owner, as_actor):
    actor, token = as_actor(owner), uuid.uuid4()
    record, _is_new = make_once(actor=actor, token=token, make=maker(actor))
    delete_records(actor=actor, record_type=registry.get("account"), ids=[record.pk])
    with pytest.raises(RuleViolation, match="gone"):
        make_once(actor=actor, token=token, make=maker(actor))
    assert Account.objects.count() == 1
