"""Marketing lists, campaigns, what they do, what comes back, and the sending of mail."""

from marketing.models.activity import CampaignActivity
from marketing.models.campaign import Campaign
from marketing.models.marketing_list import MEMBER_TYPES, ListMember, MarketingList
from marketing.models.recipient import Recipient
from marketing.models.response import CampaignResponse
from marketing.models.send import Send
from marketing.models.suppression import Suppression

__all__ = [
    "MEMBER_TYPES",
    "Campaign",
    "CampaignActivity",
    "CampaignResponse",
    "ListMember",
    "MarketingList",
    "Recipient",
    "Send",
    "Suppression",
]
