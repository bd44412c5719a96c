import pytest

from crm.errors import AccessDenied, NotVisible, RuleViolation
from crm.models import JournalEntry
from crm.records.services import create_record, update_record
from crm.registry.registry import registry
from leads.models import Lead
from leads.services import disqualify_lead, mark_contacted, move_lead, reactivate_lead
from tests.factories.leads import make_lead
from tests.factories.opportunities import make_opportunity


def test_disqualifying_keeps_the_reason(owner, as_actor):
    lead = make_lead(owner)

    closed = disqualify_lead(
        actor=as_actor(owner), record_id=lead.pk, reason="cannot_contact", note=" Moved. "
    )

    assert (closed.state, closed.reason) == ("disqualified", "cannot_contact")
    assert closed.closed_at is not None
    entry = JournalEntry.objects.get(verb="disqualified")
    assert entry.data == {"reason": "cannot_contact", "note": "Moved."}


@pytest.mark.parametrize("reason", ["qualified", "new", "too far"])
def test_disqualifying_needs_a_reason_of_its_own(owner, as_actor, reason):
    lead = make_lead(owner)

    with pytest.raises(RuleViolation) as refusal:
        disqualify_lead(actor=as_actor(owner), record_id=lead.pk, reason=reason)

    lead.refresh_from_db()
    assert set(refusal.value.fields) == {"reason"}
    assert (lead.state, lead.version) == ("open", 1)


def test_a_lead_whose_deal_is_still_there_is_not_disqualified(owner, as_actor):
    lead = make_lead(owner)
    make_opportunity(owner, originating_lead=lead)

    with pytest.raises(RuleViolation):
        disqualify_lead(actor=as_actor(owner), record_id=lead.pk, reason="lost")

    lead.refresh_from_db()
    assert lead.state == Lead.State.OPEN


def test_a_closed_lead_is_not_disqualified_again(owner, as_actor):
    lead = make_lead(owner, state="qualified", reason="qualified")

    with pytest.raises(RuleViolation):
        disqualify_lead(actor=as_actor(owner), record_id=lead.pk, reason="lost")

    lead.refresh_from_db()
    assert lead.state == Lead.State.QUALIFIED


def test_a_disqualified_lead_is_taken_up_again(owner, as_actor):
    lead = make_lead(owner, state="disqualified", reason="lost")

    again = reactivate_lead(actor=as_actor(owner), record_id=lead.pk)

    assert (again.state, again.reason, again.closed_at) == ("open", "new", None)


def test_an_open_lead_is_not_reactivated(owner, as_actor):
    lead = make_lead(owner)

    with pytest.raises(RuleViolation):
        reactivate_lead(actor=as_actor(owner), record_id=lead.pk)

    lead.refresh_from_db()
    assert lead.version == 1


def test_a_lead_is_marked_as_contacted_once(owner, as_actor):
    lead = make_lead(owner)

    for _again in range(2):
        mark_contacted(actor=as_actor(owner), record_id=lead.pk, version=1)

    lead.refresh_from_db()
    assert (lead.reason, lead.version) == ("contacted", 2)


@pytest.mark.parametrize("value", ["qualified", "lost", "nonsense"])
def test_the_board_moves_leads_among_open_statuses_only(owner, as_actor, value):
    lead = make_lead(owner)

    with pytest.raises(RuleViolation):
        move_lead(actor=as_actor(owner), record_id=lead.pk, version=1, value=value)

    lead.refresh_from_db()
    assert (lead.reason, lead.version) == ("new", 1)


def test_a_teammate_does_not_disqualify(owner, teammate, as_actor):
    lead = make_lead(owner)

    with pytest.raises(AccessDenied):
        disqualify_lead(actor=as_actor(teammate), record_id=lead.pk, reason="lost")

    lead.refresh_from_db()
    assert lead.version == 1


def test_for_a_stranger_the_lead_does_not_exist(owner, stranger, as_actor):
    lead = make_lead(owner, state="disqualified", reason="lost")

    with pytest.raises(NotVisible):
        reactivate_lead(actor=as_actor(stranger), record_id=lead.pk)

    lead.refresh_from_db()
    assert lead.version == 1


def test_a_closed_lead_is_read_only(owner, as_actor):
    lead = make_lead(owner, state="qualified", reason="qualified")

    with pytest.raises(RuleViolation):
        update_record(
            actor=as_actor(owner),
            record_type=registry.get("lead"),
            record_id=lead.pk,
            version=1,
            values={"company": "Other"},
        )

    lead.refresh_from_db()
    assert lead.company == "Aurelis Diagnostics"


def test_a_lead_is_called_by_its_person_else_its_company_else_its_topic(owner, as_actor):
    def name_of(**values):
        values = {"topic": "Benches", **values}
        lead = create_record(actor=as_actor(owner), record_type=registry.get("lead"), values=values)
        return lead.name

    assert name_of(first_name=" Nadia ", last_name="Belkacem", company="X") == "Nadia Belkacem"
    assert name_of(company="Aurelis") == "Aurelis"
    assert name_of() == "Benches"


def test_a_lead_needs_some_name(owner, as_actor):
    with pytest.raises(RuleViolation):
        create_record(
            actor=as_actor(owner),
            record_type=registry.get("lead"),
            values={"first_name": "Nadia"},
        )

    assert not Lead.objects.exists()


def test_addresses_and_numbers_are_written_one_way(owner, as_actor):
    lead = create_record(
        actor=as_actor(owner),
        record_type=registry.get("lead"),
        values={
            "topic": "x",
            "email": "Nadia@Aurelis.EXAMPLE",
            "phone": " +33 4  72 ",
            "website": "Aurelis.example/",
        },
    )

    assert lead.email == "nadia@aurelis.example"
    assert lead.phone == "+33 4 72"
    assert lead.website == "https://aurelis.example"
