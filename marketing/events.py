"""What happens in marketing that other apps may want to follow."""

from dataclasses import dataclass

from leads.models import Lead
from marketing.models import Campaign, CampaignActivity, CampaignResponse, Recipient


@dataclass(frozen=True)
class CampaignSuspended:
    """A campaign is interrupted; what it has going out stops before the next message."""

    campaign: Campaign


@dataclass(frozen=True)
class MailingLaunched:
    """The recipients are written and workers may claim them."""

    activity: CampaignActivity


@dataclass(frozen=True)
class MailingResumed:
    """There is work again: a pause ended, or a person had unknown ones sent again."""

    activity: CampaignActivity


@dataclass(frozen=True)
class MailingCompleted:
    activity: CampaignActivity


@dataclass(frozen=True)
class MailingInTrouble:
    """The mail server has not taken anything several times in a row; it is tried again."""

    activity: CampaignActivity


@dataclass(frozen=True)
class ResponseConverted:
    response: CampaignResponse
    lead: Lead


@dataclass(frozen=True)
class Unsubscribed:
    recipient: Recipient
