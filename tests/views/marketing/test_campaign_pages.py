"""Campaigns through their pages: from the first list to a lead that says where it came from."""

import pytest
from django.core import signing
from django.db.models.functions import Now

from accounts.models import Contact
from leads.models import Lead
from marketing.message.links import PURPOSE, token_of
from marketing.models import (
    Campaign,
    CampaignActivity,
    CampaignResponse,
    MarketingList,
    Recipient,
    Send,
)
from marketing.services.sending import complete_mailings, send_batch
from tests.factories.accounts import make_contact
from tests.factories.marketing import (
    CONTENT,
    give_address,
    make_campaign,
    make_list,
    make_mailing,
    make_response,
)
from tests.markup import tight

pytestmark = pytest.mark.django_db


def text_of(answer):
    return tight(answer.content.decode())


@pytest.fixture
def client_of(marketer, sign_in):
    return sign_in(marketer)


@pytest.fixture
def people(marketer):
    give_address()
    return [
        make_contact(marketer, first_name=name, last_name="Moe", email=f"{name}@x.example")
        for name in ("ada", "bob", "cyd")
    ]


@pytest.fixture
def mailing(marketer, people):
    return make_mailing(marketer, make_list(marketer, *people))


def page_of(mailing, part=""):
    return f"/campaign-activities/{mailing.pk}/{part}"


def work_off(mailing):
    """Sends what is due, without waiting for the pace."""
    for _ in range(5):
        Send.objects.filter(pk=mailing.pk).update(next_claim_at=Now())
        if send_batch(mailing.pk) is None:
            break
    complete_mailings()
    mailing.refresh_from_db()


def test_a_mailing_is_made_reviewed_launched_and_watched(
    client_of, marketer, people, mail_server, settings
):
    own = {"owner": marketer.pk}
    made = {"name": "Winter service", "kind": Campaign.Kind.choices[0][0], **own}
    client_of.post("/campaigns/new/", made)
    campaign = Campaign.objects.get()
    client_of.post(
        "/marketing-lists/new/",
        {"name": "Bench owners", "member_type": "contact", "purpose": "", **own},
    )
    marketing_list = MarketingList.objects.get()
    data = {"ids": [one.pk for one in people], "do": "1", "marketing_list": marketing_list.pk}
    client_of.post("/contacts/bulk/add-to-list/", data)
    assert marketing_list.members.count() == 3
    client_of.post(f"/campaigns/{campaign.pk}/add-list/", {"marketing_list": marketing_list.pk})

    values = {"name": "First mail", "campaign": campaign.pk, "channel": "email", **own}
    client_of.post("/campaign-activities/new/", values)
    mailing = CampaignActivity.objects.get()
    answer = client_of.post(
        page_of(mailing, "audience/"), {"lists": marketing_list.pk, "quiet_days": 0}
    )
    assert answer["Location"] == page_of(mailing, "content/")

    content = {**CONTENT, "language": "en", "version": mailing.version}
    answer = client_of.post(page_of(mailing, "content/"), content)
    assert answer["Location"] == page_of(mailing, "review/")
    preview = text_of(client_of.get(page_of(mailing, f"preview-frame/?as=contact-{people[0].pk}")))
    assert "Dear ada," in preview

    settings.SENDER_DOMAINS = ["halden.example"]
    client_of.post(page_of(mailing, "test/"), {"addresses": "prey@else.example"})
    assert mail_server.recipients == ["marketer@example.test"]
    assert mail_server.taken[0].message["Subject"].startswith("[Test]")

    review = text_of(client_of.get(page_of(mailing, "review/")))
    assert "Winter service" in review
    mailing.refresh_from_db()
    data = {"rate_per_minute": 600, "version": mailing.version}
    answer = client_of.post(page_of(mailing, "review/"), data)
    assert answer["Location"] == page_of(mailing, "live/")
    assert Recipient.objects.filter(activity=mailing).count() == 3

    work_off(mailing)
    live = text_of(client_of.get(page_of(mailing, "live/")))
    assert mailing.state == CampaignActivity.State.COMPLETED
    assert sorted(mail_server.recipients[1:]) == [f"{n}@x.example" for n in ("ada", "bob", "cyd")]
    rows = text_of(client_of.get(page_of(mailing, "recipients/")))
    for name in ("ada", "bob", "cyd"):
        assert f"{name}@x.example" in live + rows
    assert text_of(client_of.get(f"/campaigns/{campaign.pk}/")).count("First mail") >= 1


def test_a_launch_happens_once_however_often_it_is_pressed(client_of, mailing):
    data = {"rate_per_minute": 60, "version": mailing.version}
    for _time in range(3):
        answer = client_of.post(page_of(mailing, "review/"), data)
        assert answer["Location"] == page_of(mailing, "live/")
    assert Recipient.objects.filter(activity=mailing).count() == 3
    assert Send.objects.count() == 1


def test_a_launch_without_content_says_what_is_missing(client_of, marketer, people):
    mailing = make_mailing(marketer, make_list(marketer, *people), subject="")
    answer = client_of.post(
        page_of(mailing, "review/"), {"rate_per_minute": 60, "version": mailing.version}
    )
    assert answer.status_code == 422
    mailing.refresh_from_db()
    assert mailing.state == CampaignActivity.State.PROPOSED
    assert Recipient.objects.count() == 0


@pytest.mark.parametrize("message", ["Dear {{ user.password }}", "{{ first_name", "{% load x %}"])
def test_a_placeholder_nobody_knows_is_refused_beside_the_message(message, client_of, mailing):
    content = {**CONTENT, "message": message, "language": "en", "version": mailing.version}
    answer = client_of.post(page_of(mailing, "content/"), content)
    if "{%" in message:
        assert answer.status_code == 302  # no language of ours: it is text
        return
    assert answer.status_code == 422
    assert 'id="id_message_error"' in text_of(answer)
    mailing.refresh_from_db()
    assert mailing.message == CONTENT["message"]


def test_a_subject_and_a_sender_hold_no_second_header(client_of, mailing):
    for name in ("subject", "sender_name", "sender_email", "reply_to"):
        content = {**CONTENT, "language": "en", "version": mailing.version}
        content[name] = f"{content.get(name, 'a@x.example')}\r\nBcc: evil@x.example"
        client_of.post(page_of(mailing, "content/"), content)
        mailing.refresh_from_db()
        assert "\n" not in getattr(mailing, name), name
        assert "\r" not in getattr(mailing, name), name


def test_a_test_comes_from_no_foreign_domain(client_of, mailing, mail_server):
    answer = client_of.post(page_of(mailing, "test/"))
    assert answer.status_code == 422
    assert "halden.example is not a domain" in text_of(answer)
    assert mail_server.recipients == []


def test_pausing_resuming_and_canceling_stop_and_go(client_of, mailing, mail_server):
    client_of.post(page_of(mailing, "review/"), {"rate_per_minute": 1, "version": mailing.version})
    send_batch(mailing.pk)
    assert len(mail_server.taken) == 1
    client_of.post(page_of(mailing, "pause/"))
    work_off(mailing)
    assert (mailing.state, len(mail_server.taken)) == ("paused", 1)
    client_of.post(page_of(mailing, "resume/"))
    mailing.refresh_from_db()
    assert mailing.state == "running"
    client_of.post(page_of(mailing, "cancel/"))
    work_off(mailing)
    assert (mailing.state, len(mail_server.taken)) == ("canceled", 1)
    page = text_of(client_of.get(page_of(mailing, "recipients/?show=left-out")))
    assert page.count("@x.example") == 2


def test_a_reader_sees_a_mailing_and_changes_nothing_of_it(owner, mailing, sign_in):
    client = sign_in(owner)
    for part in ("", "preview/"):
        assert client.get(page_of(mailing, part)).status_code == 200, part
    before = CampaignActivity.objects.values().get()
    posts = {
        "audience/": {"lists": "", "quiet_days": 3},
        "content/": {**CONTENT, "language": "en", "subject": "Mine"},
        "review/": {"rate_per_minute": 60, "version": mailing.version},
        "test/": {"addresses": "me@x.example"},
        "cancel/": {},
        "settle/": {"verdict": "again"},
    }
    for part, data in posts.items():
        assert client.post(page_of(mailing, part), data).status_code == 403, part
    assert CampaignActivity.objects.values().get() == before
    assert Recipient.objects.count() == 0


def test_a_recipient_one_may_not_see_is_counted_but_not_named(
    client_of, mailing, owner, sign_in, mail_server
):
    client_of.post(
        page_of(mailing, "review/"), {"rate_per_minute": 600, "version": mailing.version}
    )
    Contact.objects.filter(first_name="ada").update(deleted_at=Now())
    work_off(mailing)
    left_out = Recipient.objects.filter(activity=mailing, name__icontains="ada")
    assert left_out.update(state="failed", reason="", note="550 <ada@x.example>: no such user") == 1
    rows = text_of(sign_in(owner).get(page_of(mailing, "recipients/?show=failed")))
    assert "Somebody you may not see" in rows
    assert "ada@x.example" not in rows


def test_a_response_becomes_a_lead_that_carries_the_campaign(client_of, marketer):
    campaign = make_campaign(marketer, name="Spring fair")
    response = make_response(
        marketer, campaign=campaign, last_name="Berg", email="b@x.example", channel="email"
    )
    address = f"/responses/{response.pk}/convert/"
    data = {"topic": "Two benches", "owner": marketer.pk}
    answer = client_of.post(address, data)
    lead = Lead.objects.get()
    assert answer["Location"] == f"/leads/{lead.pk}/"
    assert (lead.topic, lead.campaign_id, lead.email) == ("Two benches", campaign.pk, "b@x.example")
    client_of.post(address, data)
    assert Lead.objects.count() == 1
    response.refresh_from_db()
    assert (response.state, response.lead_id) == (CampaignResponse.State.CLOSED, lead.pk)
    assert "Spring fair" in text_of(client_of.get(f"/leads/{lead.pk}/"))


def test_who_may_not_make_a_lead_converts_nothing(agent, marketer, sign_in):
    response = make_response(marketer)
    answer = sign_in(agent).post(
        f"/responses/{response.pk}/convert/", {"topic": "x", "owner": agent.pk}
    )
    assert answer.status_code in (403, 404)
    assert Lead.objects.count() == 0


def test_one_click_leaves_and_nothing_else_of_the_site_opens(client_of, mailing, client):
    """The link works signed out, for one address and one purpose."""
    client_of.post(page_of(mailing, "review/"), {"rate_per_minute": 60, "version": mailing.version})
    row = Recipient.objects.order_by("pk").first()
    client.logout()
    token = token_of(row.key)
    for wrong in (token[:-1] + "x", str(row.pk), signing.Signer(salt="other").sign(row.key.hex)):
        assert client.post(f"/unsubscribe/{wrong}/").status_code == 404
    assert signing.Signer(salt=PURPOSE).unsign(token) == row.key.hex
    page = client.get(f"/unsubscribe/{token}/")
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    row.refresh_from_db()
    assert row.unsubscribed_at is None
    client.post(f"/unsubscribe/{token}/")
    row.refresh_from_db()
    assert row.unsubscribed_at is not None
    assert Recipient.objects.exclude(unsubscribed_at=None).count() == 1
