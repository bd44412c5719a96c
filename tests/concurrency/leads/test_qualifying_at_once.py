from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Account, Contact
from crm.access.actor import Actor
from crm.models import JournalEntry, User
from crm.records.services import update_record
from crm.registry.registry import registry
from crm.runtime.cache_versions import reset_cache_versions
from leads.plans import Plan, Step
from leads.services import qualify_lead
from opportunities.models import Opportunity
from opportunities.services import win_opportunity
from tests.factories.accounts import make_account
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_opportunity

THREADS = 20
EVERYTHING = Plan(account=Step.create(), contact=Step.create(), opportunity=Step.create())

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work):
    """Runs `work()` in twenty threads that start together; returns results and errors."""
    start = Barrier(THREADS)

    def one(_number):
        reset_cache_versions()
        try:
            start.wait(timeout=30)
            return work()
        except Exception as error:  # noqa: BLE001  (the test looks at whatever came)
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def test_twenty_people_qualifying_one_lead_get_one_result(owner):
    lead = make_lead(owner)

    def qualify():
        actor = Actor(user=User.objects.get(pk=owner.pk))
        return qualify_lead(actor=actor, lead_id=lead.pk, version=1, plan=EVERYTHING)

    results = at_once(qualify)

    assert [type(result).__name__ for result in results] == ["Qualification"] * THREADS
    assert sum(not result.is_repeat for result in results) == 1
    assert len({result.opportunity.pk for result in results}) == 1
    assert Account.objects.count() == Contact.objects.count() == Opportunity.objects.count() == 1
    assert JournalEntry.objects.filter(verb="qualified").count() == 1


def test_twenty_leads_of_one_account_are_qualified_at_once(owner):
    account = make_account(owner)
    leads = [make_lead(owner, last_name=f"Person {number}") for number in range(THREADS)]
    waiting = [lead.pk for lead in leads]
    plan = Plan(account=Step.use(account.pk), contact=Step.create(), opportunity=Step.create())

    def qualify():
        actor = Actor(user=User.objects.get(pk=owner.pk))
        return qualify_lead(actor=actor, lead_id=waiting.pop(), version=1, plan=plan)

    results = at_once(qualify)

    assert [type(result).__name__ for result in results] == ["Qualification"] * THREADS
    assert Account.objects.count() == 1
    assert Contact.objects.filter(account=account).count() == THREADS
    assert Opportunity.objects.filter(account=account).count() == THREADS


def test_one_deal_is_won_once(owner):
    deal = make_opportunity(owner, account=make_account(owner))

    def win():
        actor = Actor(user=User.objects.get(pk=owner.pk))
        return win_opportunity(actor=actor, record_id=deal.pk)

    results = at_once(win)

    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["Opportunity"] + ["RuleViolation"] * (THREADS - 1)
    assert JournalEntry.objects.filter(verb="won").count() == 1


def test_two_accounts_never_come_to_belong_to_each_other(owner):
    left, right = make_account(owner, name="Left"), make_account(owner, name="Right")
    turns = [(left, right), (right, left)] * (THREADS // 2)

    def link():
        child, parent = turns.pop()
        actor = Actor(user=User.objects.get(pk=owner.pk))
        return update_record(
            actor=actor,
            record_type=registry.get("account"),
            record_id=child.pk,
            version=None,
            values={"parent": parent},
        )

    results = at_once(link)

    left.refresh_from_db()
    right.refresh_from_db()
    assert {type(result).__name__ for result in results} == {"Account", "RuleViolation"}
    assert (left.parent_id is None) != (right.parent_id is None)
