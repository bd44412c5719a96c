"""No service links or copies what its doer may not see, and nobody creates for just anybody."""

import pytest

from cases.models import Case
from cases.services import create_case
from crm.errors import AccessDenied, CrmError
from crm.models import Role, RolePrivilege
from crm.models.levels import Level, Privilege
from crm.records.services import create_record
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from sales_docs.models import Quote
from sales_docs.printing import page_of
from sales_docs.services.quotes import activate_quote, create_quote_from_opportunity
from tests.contract.outsiders import make_outsider
from tests.contract.watching import nothing_changes
from tests.factories.accounts import make_account, make_contact
from tests.factories.opportunities import make_opportunity
from tests.factories.sales_docs import line, make_quote, put_lines
from tests.people import make_user


@pytest.fixture
def outsider(company):
    return make_outsider(company)


@pytest.fixture
def hidden(owner):
    return make_account(owner, name="Secret Holding", line1="9 Hidden Lane", city="Lyon")


def test_a_quote_is_not_made_of_a_deal_whose_customer_one_may_not_see(outsider, hidden, as_actor):
    deal = make_opportunity(outsider, account=hidden)
    with nothing_changes(), pytest.raises(CrmError):
        create_quote_from_opportunity(actor=as_actor(outsider), record_id=deal.pk)
    assert Quote.objects.count() == 0


def test_sending_a_quote_writes_down_no_hidden_customer(outsider, hidden, as_actor):
    quote = make_quote(outsider, account=hidden)
    actor = as_actor(outsider)
    put_lines(actor, quote, line())
    sent = activate_quote(actor=actor, record_id=quote.pk)
    assert (sent.billing_name, sent.billing_address) == ("", "")
    paper = repr(page_of(sent, actor))
    assert "Secret" not in paper
    assert "Hidden Lane" not in paper


def test_who_sees_the_customer_has_it_written_down(owner, hidden, as_actor):
    quote = make_quote(owner, account=hidden)
    actor = as_actor(owner)
    put_lines(actor, quote, line())
    sent = activate_quote(actor=actor, record_id=quote.pk)
    assert sent.billing_name == "Secret Holding"
    assert "9 Hidden Lane" in sent.billing_address


def test_a_case_does_not_take_the_hidden_company_of_its_contact(outsider, hidden, as_actor):
    person = make_contact(outsider, account=hidden)
    case = create_case(
        actor=as_actor(outsider),
        record_type=registry.get("case"),
        values={"title": "Pump stops", "contact": person},
    )
    assert Case.objects.get(pk=case.pk).account_id is None


def may(user, **levels):
    """A role of this user for accounts."""
    role = Role.objects.create(name="Typists")
    RolePrivilege.objects.bulk_create(
        RolePrivilege(
            role=role, record_type="account", privilege=Privilege(name), level=Level[level]
        )
        for name, level in {"read": "OWN", **levels}.items()
    )
    role.holders.add(user)
    reset_cache_versions()


def make_for(actor, somebody):
    return create_record(
        actor=actor,
        record_type=registry.get("account"),
        values={"name": "Basalt", "owner": somebody},
    )


@pytest.mark.parametrize("levels", [{"create": "OWN"}, {"create": "UNIT"}])
def test_creating_for_somebody_out_of_reach_is_refused(company, stranger, as_actor, levels):
    typist = make_user("typist", company)
    may(typist, **levels)
    with nothing_changes(), pytest.raises(AccessDenied):
        make_for(as_actor(typist), stranger)


@pytest.mark.parametrize(
    "levels", [{"create": "ORGANISATION"}, {"create": "OWN", "assign": "OWN"}, {"create": "OWN"}]
)
def test_creating_for_somebody_in_reach_is_allowed(company, stranger, as_actor, levels):
    typist = make_user("typist", company)
    may(typist, **levels)
    somebody = typist if levels == {"create": "OWN"} else stranger
    assert make_for(as_actor(typist), somebody).owner_id == somebody.pk
