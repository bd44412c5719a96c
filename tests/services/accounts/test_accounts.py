import pytest

from accounts.models import Account
from crm.errors import RuleViolation
from crm.records.services import create_record, update_record
from crm.registry.registry import registry
from tests.factories.accounts import make_account


def change(actor, account, **values):
    return update_record(
        actor=actor,
        record_type=registry.get("account"),
        record_id=account.pk,
        version=None,
        values=values,
    )


def test_an_account_gets_a_number_and_a_tidy_name(owner, as_actor):
    account = create_record(
        actor=as_actor(owner),
        record_type=registry.get("account"),
        values={"name": "  Aurelis   Diagnostics ", "website": "WWW.Aurelis.example/Lab"},
    )

    assert account.name == "Aurelis Diagnostics"
    assert account.number.startswith("ACC-")
    assert account.website == "https://www.aurelis.example/Lab"


def test_an_account_does_not_belong_to_itself(owner, as_actor):
    account = make_account(owner)

    with pytest.raises(RuleViolation):
        change(as_actor(owner), account, parent=account)

    account.refresh_from_db()
    assert account.parent_id is None


def test_accounts_do_not_belong_to_each_other_in_a_circle(owner, as_actor):
    top = make_account(owner, name="Top")
    middle = make_account(owner, name="Middle", parent=top)
    bottom = make_account(owner, name="Bottom", parent=middle)

    with pytest.raises(RuleViolation) as refusal:
        change(as_actor(owner), top, parent=bottom)

    top.refresh_from_db()
    assert set(refusal.value.fields) == {"parent"}
    assert top.parent_id is None


def test_an_account_needs_a_name(owner, as_actor):
    with pytest.raises(RuleViolation) as refusal:
        create_record(
            actor=as_actor(owner), record_type=registry.get("account"), values={"name": "  "}
        )

    assert "name" in refusal.value.fields
    assert not Account.objects.exists()


def test_a_country_is_a_code_that_exists(owner, as_actor):
    account = make_account(owner)

    with pytest.raises(RuleViolation) as refusal:
        change(as_actor(owner), account, country="XX")

    assert set(refusal.value.fields) == {"country"}


def test_countries_are_offered_in_the_readers_language():
    from django.utils import translation

    from accounts.models import country_choices

    with translation.override("fr"):
        names = {code: str(name) for code, name in country_choices()}
    assert names["DE"] == "Allemagne"
    with translation.override("en"):
        assert str(dict(country_choices())["DE"]) == "Germany"
