"""Who gets a mailing, who doesn't and why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketing.audience import audience_members, count_audience, write_recipients
from marketing.message.addresses import address_hash
from marketing.models import Recipient, Suppression
from tests.factories.accounts import make_account, make_contact
from tests.factories.leads import make_lead
from tests.factories.marketing import make_list, make_mailing

pytestmark = pytest.mark.django_db


def audience_of(user, as_actor, mailing):
    found = count_audience(as_actor(user), mailing)
    return found.reached, found.left_out


def contact(user, email, **values):
    return make_contact(user, email=email, **values)


def test_everybody_with_an_address_gets_it(marketer, as_actor):
    people = make_list(marketer, contact(marketer, "a@x.example"), contact(marketer, "b@x.example"))
    leads = make_list(marketer, make_lead(marketer, email="c@x.example"))
    firms = make_list(marketer, make_account(marketer, email="d@x.example"))
    mailing = make_mailing(marketer, people, leads, firms)
    assert audience_of(marketer, as_actor, mailing) == (4, {})


def test_each_reason_to_leave_somebody_out_is_counted(marketer, as_actor):
    people = make_list(
        marketer,
        contact(marketer, "fine@x.example"),
        contact(marketer, ""),
        contact(marketer, "nonsense"),
        contact(marketer, "no@x.example", do_not_email=True),
        contact(marketer, "bulk@x.example", do_not_bulk_email=True),
        contact(marketer, "gone@x.example"),
        contact(marketer, "fine@x.example", first_name="Twice"),
    )
    closed = make_lead(marketer, email="lead@x.example", state="disqualified", reason="lost")
    leads = make_list(marketer, closed)
    Suppression.objects.create(
        address_hash=address_hash("GONE@x.example"),
        reason="unsubscribed",
        created_at=timezone.now(),
    )
    mailing = make_mailing(marketer, people, leads)
    assert audience_of(marketer, as_actor, mailing) == (
        1,
        {
            "no_address": 1,
            "bad_address": 1,
            "do_not_email": 1,
            "do_not_bulk_email": 1,
            "unsubscribed": 1,
            "duplicate": 1,
            "closed": 1,
        },
    )


def test_an_address_is_the_same_in_any_spelling(marketer, as_actor):
    people = make_list(
        marketer, contact(marketer, "a@x.example"), contact(marketer, " A@X.Example ")
    )
    assert audience_of(marketer, as_actor, make_mailing(marketer, people)) == (1, {"duplicate": 1})


def test_somebody_on_two_lists_is_one_person(marketer, as_actor):
    nadia = contact(marketer, "a@x.example")
    mailing = make_mailing(marketer, make_list(marketer, nadia), make_list(marketer, nadia))
    assert audience_of(marketer, as_actor, mailing) == (1, {})


def test_who_asked_for_none_under_one_record_gets_none_under_another(marketer, as_actor):
    people = make_list(marketer, contact(marketer, "a@x.example", do_not_email=True))
    leads = make_list(marketer, make_lead(marketer, email="A@x.example"))
    mailing = make_mailing(marketer, people, leads)
    assert audience_of(marketer, as_actor, mailing) == (0, {"do_not_email": 2})


def test_an_open_record_stands_for_an_address_before_a_closed_one(marketer, as_actor):
    closed = make_lead(marketer, email="a@x.example", state="disqualified", reason="lost")
    leads = make_list(marketer, closed, make_lead(marketer, email="a@x.example"))
    assert audience_of(marketer, as_actor, make_mailing(marketer, leads)) == (1, {"closed": 1})


def test_who_got_a_mailing_recently_can_be_left_out(marketer, as_actor):
    people = make_list(marketer, contact(marketer, "a@x.example"), contact(marketer, "b@x.example"))
    earlier = make_mailing(marketer)
    now = timezone.now()
    for number, (address, days) in enumerate((("a@x.example", 3), ("b@x.example", 30))):
        sent_at = now - timedelta(days=days)
        Recipient.objects.create(
            activity=earlier,
            record_type="contact",
            record_id=number,
            name="x",
            address=address,
            address_key=address,
            state="sent",
            handed_over_at=sent_at,
            finished_at=sent_at,
        )
    mailing = make_mailing(marketer, people, quiet_days=14)
    assert audience_of(marketer, as_actor, mailing) == (1, {"recent": 1})
    mailing.quiet_days = 0
    assert audience_of(marketer, as_actor, mailing) == (2, {})


def test_members_one_may_not_see_do_not_exist(owner, stranger, marketer, as_actor):
    people = make_list(
        marketer, contact(owner, "mine@x.example"), contact(stranger, "theirs@x.example")
    )
    mailing = make_mailing(marketer, people)
    assert audience_of(owner, as_actor, mailing) == (1, {})
    names = [member.address for member in audience_members(as_actor(owner), mailing)]
    assert names == ["mine@x.example"]


def test_members_in_the_bin_do_not_count(marketer, as_actor):
    gone = contact(marketer, "a@x.example")
    people = make_list(marketer, gone)
    type(gone).objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    assert audience_of(marketer, as_actor, make_mailing(marketer, people)) == (0, {})


def test_without_lists_there_is_nobody(marketer, as_actor):
    mailing = make_mailing(marketer)
    assert audience_of(marketer, as_actor, mailing) == (0, {})
    assert write_recipients(as_actor(marketer), mailing, at=timezone.now()) == 0


def test_recipients_are_written_with_their_decision_once(marketer, as_actor):
    nadia = contact(marketer, " Nadia@X.example", last_name="Belkacem")
    people = make_list(marketer, nadia, contact(marketer, "", last_name="Aaa"))
    mailing = make_mailing(marketer, people)
    at = timezone.now()
    assert write_recipients(as_actor(marketer), mailing, at=at) == 2
    assert write_recipients(as_actor(marketer), mailing, at=at) == 0
    rows = list(
        Recipient.objects.filter(activity=mailing)
        .order_by("name")
        .values_list("name", "record_id", "address_key", "state", "reason", "attempts")
    )
    assert rows[1] == ("Nadia Belkacem", nadia.pk, "nadia@x.example", "pending", "", 0)
    assert rows[0][2:] == ("", "skipped", "no_address", 0)
    assert len(set(Recipient.objects.values_list("key", flat=True))) == 2


def test_members_can_be_listed_by_reason(marketer, as_actor):
    people = make_list(marketer, contact(marketer, "a@x.example"), contact(marketer, ""))
    mailing = make_mailing(marketer, people)
    left_out = audience_members(as_actor(marketer), mailing, reason="no_address")
    assert [(member.address, str(member.why)) for member in left_out] == [("", "No e-mail address")]
