import pytest

from accounts.models import Account, Contact
from crm.errors import RuleViolation
from crm.models import JournalEntry
from crm.records.services import update_record
from crm.registry.registry import registry
from leads.models import Lead
from leads.plans import Plan, Step
from leads.services import qualify_automatically, qualify_lead, undo_qualification
from opportunities.models import Opportunity
from tests.factories.accounts import make_account, make_contact
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_opportunity

EVERYTHING = Plan(account=Step.create(), contact=Step.create(), opportunity=Step.create())


def qualified(owner, as_actor, plan=EVERYTHING, **values):
    lead = make_lead(owner, **values)
    return qualify_lead(actor=as_actor(owner), lead_id=lead.pk, version=1, plan=plan)


def test_undoing_bins_what_was_made_and_opens_the_lead_as_it_was(owner, as_actor):
    result = qualified(owner, as_actor, reason="contacted")

    lead = undo_qualification(actor=as_actor(owner), record_id=result.lead.pk)

    assert (lead.state, lead.reason, lead.closed_at) == ("open", "contacted", None)
    assert (lead.account_id, lead.contact_id, lead.opportunity_id) == (None, None, None)
    for model in (Account, Contact, Opportunity):
        assert not model.objects.alive().exists()
        assert model.objects.in_bin().count() == 1
    assert JournalEntry.objects.get(verb="qualified").is_undone


def test_undoing_empties_what_was_filled_in(owner, as_actor):
    former = make_account(owner, name="BioSud")
    account = make_account(owner, city="Paris")
    contact = make_contact(owner, account=former)
    plan = Plan(
        account=Step.use(account.pk), contact=Step.use(contact.pk), opportunity=Step.create()
    )
    result = qualified(owner, as_actor, plan)
    account.refresh_from_db()
    assert account.phone == "+33 4 72 55 01 18"

    undo_qualification(actor=as_actor(owner), record_id=result.lead.pk)

    account.refresh_from_db()
    contact.refresh_from_db()
    assert (account.phone, account.city, account.deleted_at) == ("", "Paris", None)
    assert contact.account_id == former.pk


def test_after_undoing_a_lead_can_be_qualified_afresh(owner, as_actor):
    result = qualified(owner, as_actor)
    lead = undo_qualification(actor=as_actor(owner), record_id=result.lead.pk)

    again = qualify_lead(
        actor=as_actor(owner), lead_id=lead.pk, version=lead.version, plan=EVERYTHING
    )

    assert not again.is_repeat
    assert Opportunity.objects.alive().count() == 1


def test_what_others_depend_on_is_not_undone(owner, as_actor):
    result = qualified(owner, as_actor)
    make_opportunity(owner, name="A later deal", account=result.account)

    with pytest.raises(RuleViolation):
        undo_qualification(actor=as_actor(owner), record_id=result.lead.pk)

    result.lead.refresh_from_db()
    assert result.lead.state == Lead.State.QUALIFIED
    assert Account.objects.alive().count() == 1
    assert Opportunity.objects.alive().count() == 2


def test_what_was_changed_since_is_not_undone(owner, as_actor):
    result = qualified(owner, as_actor)
    update_record(
        actor=as_actor(owner),
        record_type=registry.get("opportunity"),
        record_id=result.opportunity.pk,
        version=None,
        values={"rating": "hot"},
    )

    with pytest.raises(RuleViolation):
        undo_qualification(actor=as_actor(owner), record_id=result.lead.pk)

    result.opportunity.refresh_from_db()
    assert result.opportunity.deleted_at is None
    assert result.opportunity.rating == "hot"


def test_a_manager_does_not_undo_what_a_rep_did(owner, manager, as_actor):
    result = qualified(owner, as_actor)

    with pytest.raises(RuleViolation):
        undo_qualification(actor=as_actor(manager), record_id=result.lead.pk)

    result.lead.refresh_from_db()
    assert result.lead.state == Lead.State.QUALIFIED


def test_an_open_lead_has_nothing_to_undo(owner, as_actor):
    lead = make_lead(owner)

    with pytest.raises(RuleViolation):
        undo_qualification(actor=as_actor(owner), record_id=lead.pk)

    lead.refresh_from_db()
    assert lead.version == 1


def test_automatic_qualification_creates_what_has_a_name(owner, as_actor):
    lead = make_lead(owner, company="")

    done = qualify_automatically(actor=as_actor(owner), record_id=lead.pk)

    assert done.state == Lead.State.QUALIFIED
    assert not Account.objects.exists()
    assert Opportunity.objects.get().contact_id == Contact.objects.get().pk


def test_automatic_qualification_leaves_a_lookalike_to_people(owner, as_actor):
    make_contact(owner, email="n.belkacem@aurelis.example")
    lead = make_lead(owner)

    with pytest.raises(RuleViolation) as refusal:
        qualify_automatically(actor=as_actor(owner), record_id=lead.pk)

    lead.refresh_from_db()
    assert "Nadia Belkacem" in str(refusal.value)
    assert lead.state == Lead.State.OPEN
    assert not Opportunity.objects.exists()


@pytest.mark.parametrize(("lookalike", "contacts"), [("use", 1), ("create", 2)])
def test_automatic_qualification_does_with_lookalikes_as_told(owner, as_actor, lookalike, contacts):
    make_contact(owner, email="n.belkacem@aurelis.example")
    lead = make_lead(owner)

    qualify_automatically(actor=as_actor(owner), record_id=lead.pk, lookalike=lookalike)

    assert Contact.objects.count() == contacts
    assert Account.objects.count() == 1


def test_automatic_qualification_opens_no_deal_when_told_so(owner, as_actor):
    lead = make_lead(owner)

    qualify_automatically(actor=as_actor(owner), record_id=lead.pk, with_opportunity=False)

    assert Contact.objects.exists()
    assert not Opportunity.objects.exists()
