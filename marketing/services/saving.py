"""What is asked and derived before records of this app are written."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import fill_company
from crm.company.currencies import base_currency_code
from crm.errors import RuleViolation
from crm.operations import current, named
from marketing import rules
from marketing.models import Campaign, CampaignActivity, CampaignResponse, MarketingList


def _give_currency(record: Any, *amounts: str) -> None:
    if record.currency_id is None and any(getattr(record, name) is not None for name in amounts):
        record.currency_id = base_currency_code()


def prepare_list(record: MarketingList, changes: Mapping[str, Any]) -> None:
    rules.trim(record, "name", "purpose", "source")
    rules.refuse_new_member_type(record, changes)
    _give_currency(record, "cost")


def prepare_campaign(campaign: Campaign, changes: Mapping[str, Any]) -> None:
    rules.trim(campaign, "name")
    _give_currency(campaign, "budget", "misc_costs", "estimated_revenue")


def keep_campaign(campaign: Campaign) -> None:
    """Nothing that still sends mail goes to the bin."""
    rules.refuse_while_mailing(list(campaign.activities.alive()))


def prepare_activity(activity: CampaignActivity, changes: Mapping[str, Any]) -> None:
    rules.trim(activity, "name")
    rules.refuse_moved_activity(activity, changes)
    campaign = activity.campaign
    if activity.currency_id is None:
        activity.currency_id = campaign.currency_id
    _give_currency(activity, "budget", "actual_cost")


def keep_activity(activity: CampaignActivity) -> None:
    rules.refuse_while_mailing([activity])


def prepare_response(response: CampaignResponse, changes: Mapping[str, Any]) -> None:
    rules.trim(response, "subject", "first_name", "last_name", "company")
    fill_company(response, changes)
    rules.refuse_other_campaign(response)
    if response.received_on is None:
        response.received_on = timezone.localdate(current().at)


def keep_response(response: CampaignResponse) -> None:
    if response.lead is not None and response.lead.deleted_at is None:
        raise RuleViolation(
            _("“%(record)s” was made of this, so it stays.") % {"record": named(response.lead)}
        )
