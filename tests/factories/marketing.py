"""Lists, campaigns and mailings for tests."""

from typing import Any

from crm import clock
from crm.models import CompanySettings, User
from marketing.models import (
    Campaign,
    CampaignActivity,
    CampaignResponse,
    ListMember,
    MarketingList,
)

CONTENT = {
    "subject": 'Winter service, {{ first_name|fallback:"hello" }}',
    "message": 'Dear {{ first_name|fallback:"customer" }},\n\nyour benches want care.',
    "sender_name": "Halden Labs",
    "sender_email": "news@halden.example",
}


def make_list(owner: User, *members: Any, **values: Any) -> MarketingList:
    """A list of the first member's type (contacts when there is none) with these members."""
    if members:
        values.setdefault("member_type", members[0].type_key())
    made = MarketingList.objects.create(owner=owner, **{"name": "Bench owners", **values})
    ListMember.objects.bulk_create(
        ListMember(
            list=made,
            member_type=made.member_type,
            member_id=member.pk,
            added_at=clock.now(),
        )
        for member in members
    )
    made.refresh_from_db()
    return made


def make_campaign(owner: User, **values: Any) -> Campaign:
    made = Campaign.objects.create(owner=owner, **{"name": "Winter service offer", **values})
    made.refresh_from_db()
    return made


def make_mailing(owner: User, *lists: MarketingList, **values: Any) -> CampaignActivity:
    """An e-mail with content, addressed to lists, not launched."""
    campaign = values.pop("campaign", None) or make_campaign(owner)
    named = {"name": "First mail", "campaign": campaign, **CONTENT, **values}
    made = CampaignActivity.objects.create(owner=owner, **named)
    made.lists.add(*lists)
    made.refresh_from_db()
    return made


def make_response(owner: User, **values: Any) -> CampaignResponse:
    values.setdefault("campaign", None)
    values["campaign"] = values["campaign"] or make_campaign(owner)
    named = {"subject": "Wants to know more", "last_name": "Belkacem", **values}
    made = CampaignResponse.objects.create(owner=owner, **named)
    made.refresh_from_db()
    return made


def give_address() -> None:
    """The company's postal address, without which nothing is launched."""
    CompanySettings.objects.update_or_create(
        pk=1, defaults={"name": "Halden Labs", "address": "4 Quay Street\nHalden"}
    )
