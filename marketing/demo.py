"""Lists, campaigns and mailings of the demo company: sent, half sent and still to be sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Contact
from crm.demo.fill import Fill
from leads.models import Lead
from marketing.message.addresses import address_key
from marketing.models import (
    Campaign,
    CampaignActivity,
    CampaignResponse,
    ListMember,
    MarketingList,
    Recipient,
    Send,
)
from opportunities.models import Opportunity

MOST = 600
RATE = 60
SITE = "http://localhost:8000/"
REFUSALS = ("550 mailbox does not exist", "550 user unknown", "552 mailbox full")
LOST = "No answer came after the message was handed over: timed out"
MESSAGE = """Dear {{ first_name|fallback:"customer" }},

winter is hard on test benches: cold seals leak, and dry air charges what should stay neutral. \
Our technicians check yours before the first frost, at {{ company|fallback:"your site" }}, in half a day.

Answer this mail with two days that suit you, or look at https://halden.example/winter for dates \
near you.

Kind regards,
{{ owner }}"""
ANSWERS = (
    ("Asks for a date in November", "interested"),
    ("Wants an offer for three benches", "interested"),
    ("Has a contract with somebody else", "not_interested"),
    ("Please no more of these", "do_not_send"),
    ("Would like a call", "interested"),
)


def fill_demo(fill: Fill) -> None:
    marketer = fill.people["marketer"].pk
    contacts = _reachable(Contact.objects.all(), MOST)
    leads = _reachable(Lead.objects.open(), MOST // 4)
    benches = _list(fill, marketer, "Bench owners", contacts, "Service offers")
    fair = _list(fill, marketer, "Visitors of the spring fair", leads, "Fair follow-up")
    winter = _campaign(
        fill, marketer, "Winter service offer", state="launched", days=(-6, 30), addressed=benches
    )
    spring = _campaign(
        fill,
        marketer,
        "Spring fair follow-up",
        state="completed",
        days=(-170, -140),
        addressed=fair,
    )
    _campaign(
        fill,
        marketer,
        "Summer school for laboratories",
        state="proposed",
        days=(60, 120),
        addressed=benches,
    )
    _mailing(fill, marketer, spring, fair, leads, days=-168, share=1.0)
    first = _mailing(fill, marketer, winter, benches, contacts[: MOST // 2], days=-5, share=1.0)
    _mailing(fill, marketer, winter, benches, contacts[MOST // 2 :], days=-0.05, share=0.4)
    _draft(marketer, winter, benches)
    _fair_stand(marketer, spring)
    _responses(fill, marketer, winter, first, contacts)
    _business(fill, (winter, spring))
    fill.say(f"{Recipient.objects.count():,} recipients of 3 mailings")


def _reachable(rows: Any, count: int) -> list[Any]:
    return list(rows.exclude(email="").order_by("pk")[:count])


def _list(fill: Fill, owner: int, name: str, members: list[Any], purpose: str) -> MarketingList:
    member_type = members[0].type_key()
    made = MarketingList.objects.create(
        owner_id=owner, name=name, member_type=member_type, purpose=purpose, source="Own records"
    )
    ListMember.objects.bulk_create(
        ListMember(
            list=made,
            member_type=member_type,
            member_id=member.pk,
            added_at=fill.now - timedelta(days=30),
            added_by_id=owner,
        )
        for member in members
    )
    return made


def _campaign(
    fill: Fill,
    owner: int,
    name: str,
    *,
    state: str,
    days: tuple[int, int],
    addressed: MarketingList,
) -> Campaign:
    starts_in, ends_in = days
    start = fill.today + timedelta(days=starts_in)
    end = fill.today + timedelta(days=ends_in)
    made = Campaign.objects.create(
        owner_id=owner,
        name=name,
        state=state,
        proposed_start_on=start,
        proposed_end_on=end,
        actual_start_on=start if starts_in < 0 else None,
        actual_end_on=end if ends_in < 0 else None,
        currency_id="EUR",
        budget=Decimal(12_000),
        misc_costs=Decimal(3_900),
        expected_response=Decimal(4),
        offer="A check before the season, at a fixed price.",
    )
    made.lists.add(addressed)
    return made


def _mailing(
    fill: Fill,
    owner: int,
    campaign: Campaign,
    addressed: MarketingList,
    people: list[Any],
    *,
    days: float,
    share: float,
) -> CampaignActivity:
    """A launched mailing; `share` of its recipients have been written to."""
    started = fill.now + timedelta(days=days)
    is_done = share == 1
    activity = CampaignActivity.objects.create(
        owner_id=owner,
        name="First mail" if is_done else "Second mail, to the rest",
        campaign=campaign,
        state="completed" if is_done else "paused",
        started_at=started,
        ended_at=started + timedelta(minutes=len(people) / RATE) if is_done else None,
        currency_id="EUR",
        actual_cost=Decimal(1_850),
        subject='{{ first_name|fallback:"Hello" }}, is your bench ready for winter?',
        message=MESSAGE,
        sender_name="Halden Labs",
        sender_email="hello@halden.example",
        rate_per_minute=RATE,
    )
    activity.lists.add(addressed)
    Send.objects.create(
        activity=activity,
        launched_at=started,
        launched_by_id=owner,
        site_url=SITE,
        next_claim_at=started,
    )
    rows = [_recipient(activity, person, started) for person in people]
    reached = [row for row in rows if row.state != Recipient.State.SKIPPED]
    for index, row in enumerate(reached[: round(len(reached) * share)]):
        _outcome(fill, row, started + timedelta(seconds=index * 60 / RATE))
    Recipient.objects.bulk_create(rows)
    return activity


def _recipient(activity: CampaignActivity, person: Any, started: datetime) -> Recipient:
    row = Recipient(
        activity=activity,
        record_type=person.type_key(),
        record_id=person.pk,
        name=str(person)[:200],
        address=person.email,
        address_key=address_key(person.email),
        due_at=started,
    )
    if person.do_not_bulk_email or person.do_not_email:
        row.state, row.reason, row.finished_at = "skipped", "do_not_bulk_email", started
    return row


def _outcome(fill: Fill, row: Recipient, at: datetime) -> None:
    row.state = fill.chance.choices(("sent", "failed", "unknown"), (960, 35, 5))[0]
    row.handed_over_at = row.finished_at = at
    row.attempts, row.message_id = 1, f"<{row.key.hex}@halden.example>"
    if row.state == "failed":
        row.note = fill.chance.choice(REFUSALS)
    elif row.state == "unknown":
        row.note = LOST


def _draft(owner: int, campaign: Campaign, addressed: MarketingList) -> None:
    """A mailing that a newcomer can launch: without a mail server it stays in the local mailbox."""
    activity = CampaignActivity.objects.create(
        owner_id=owner,
        name="Reminder in December",
        campaign=campaign,
        currency_id="EUR",
        subject='A last date before the holidays, {{ first_name|fallback:"dear customer" }}',
        message=MESSAGE,
        sender_name="Halden Labs",
        sender_email="hello@halden.example",
    )
    activity.lists.add(addressed)


def _fair_stand(owner: int, campaign: Campaign) -> None:
    CampaignActivity.objects.create(
        owner_id=owner,
        name="Stand at the spring fair",
        campaign=campaign,
        channel="event",
        state="completed",
        currency_id="EUR",
        budget=Decimal(8_000),
        actual_cost=Decimal(7_420),
    )


def _responses(
    fill: Fill, owner: int, campaign: Campaign, activity: CampaignActivity, people: list[Any]
) -> None:
    for person in fill.chance.sample(people, min(12, len(people))):
        subject, code = fill.chance.choice(ANSWERS)
        CampaignResponse.objects.create(
            owner_id=owner,
            subject=subject,
            code=code,
            campaign=campaign,
            activity=activity,
            contact=person,
            account_id=person.account_id,
            received_on=fill.day(-5, -1),
        )


def _business(fill: Fill, campaigns: Iterable[Campaign]) -> None:
    """Some of the leads and deals came from a campaign."""
    for number, campaign in enumerate(campaigns):
        for model, count in ((Lead, 14), (Opportunity, 9)):
            ids = list(model.objects.order_by("pk").values_list("pk", flat=True)[:400])
            chosen = fill.chance.sample(ids[number::2], min(count, len(ids[number::2])))
            model.objects.filter(pk__in=chosen).update(campaign=campaign)
