"""What may be done when: each raises RuleViolation, or sets what follows from the rest.

Asks no query. Other records are named as far as the doer may know them, so in an operation only.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from crm import labels
from crm.errors import RuleViolation
from crm.models import CompanySettings
from crm.operations import named
from marketing.models import Campaign, CampaignActivity, CampaignResponse, MarketingList

Campaigns, Activities = Campaign.State, CampaignActivity.State

UNDER_WAY = (Activities.RUNNING, Activities.PAUSED)
OPEN_CAMPAIGN = (Campaigns.PROPOSED, Campaigns.READY, Campaigns.LAUNCHED)


def trim(record: Any, *fields: str) -> None:
    """Names are written without double blanks."""
    for field in fields:
        setattr(record, field, " ".join(getattr(record, field).split()))


def refuse_new_member_type(record: MarketingList, changes: Mapping[str, Any]) -> None:
    if "member_type" in changes:
        raise RuleViolation(
            _("What a list holds is decided once."),
            fields={"member_type": _("This can't be changed. Make another list instead.")},
        )


def refuse_when_list_locked(record: MarketingList) -> None:
    if record.is_locked:
        raise RuleViolation(_("The list is locked. Unlock it first to add or remove members."))


def refuse_other_type(record: MarketingList, type_key: str) -> None:
    if record.member_type != type_key:
        raise RuleViolation(
            labels.with_names(_("This list holds %(types)s only."), record.member_type)
        )


def refuse_unless_state(record: Any, *states: str) -> None:
    """The verb only makes sense from these states."""
    if record.state not in states:
        raise RuleViolation(
            _("This can't be done while it is “%(state)s”.") % {"state": record.get_state_display()}
        )


def refuse_while_mailing(activities: list[CampaignActivity]) -> None:
    running = [activity for activity in activities if activity.state in UNDER_WAY]
    if running:
        raise RuleViolation(
            _("“%(name)s” is still under way. Wait until it is done, or cancel it first.")
            % {"name": named(running[0])}
        )


def refuse_moved_activity(activity: CampaignActivity, changes: Mapping[str, Any]) -> None:
    """What was started stays in its campaign and on its channel."""
    if activity.state == Activities.PROPOSED:
        return
    moved = [name for name in ("campaign", "channel") if name in changes]
    if moved:
        told = _("This can't be changed any more: it was started.")
        raise RuleViolation(told, fields=dict.fromkeys(moved, told))


def refuse_other_campaign(response: CampaignResponse) -> None:
    activity = response.activity
    if activity is not None and activity.campaign_id != response.campaign_id:
        raise RuleViolation(
            _("These do not belong together."),
            fields={
                "activity": labels.with_names(
                    _("Choose one of the same %(type)s."), Campaign.type_key()
                )
            },
        )


def refuse_unless_mailing(activity: CampaignActivity) -> None:
    if not activity.is_mailing:
        raise RuleViolation(_("Only an e-mail can be sent. This is another channel."))


def refuse_mailing(activity: CampaignActivity) -> None:
    if activity.is_mailing:
        raise RuleViolation(_("An e-mail starts by sending it and ends when all is sent."))


def refuse_unless_draft(activity: CampaignActivity) -> None:
    refuse_unless_mailing(activity)
    if activity.state != Activities.PROPOSED:
        raise RuleViolation(
            _("It was launched already, so its audience and content stay as they are.")
        )


def refuse_closed_campaign(activity: CampaignActivity) -> None:
    if activity.campaign.state not in OPEN_CAMPAIGN:
        told = _("The %(type)s is closed or suspended, so nothing of it goes out.")
        raise RuleViolation(labels.with_names(told, Campaign.type_key()))


def missing_content(activity: CampaignActivity) -> list[str]:
    """What is still to be written before launch, as sentences."""
    wanted = (
        (activity.subject, _("The subject is missing.")),
        (activity.message, _("The message is missing.")),
        (activity.sender_name, _("The sender's name is missing.")),
        (activity.sender_email, _("The sender's address is missing.")),
    )
    return [sentence for value, sentence in wanted if not value.strip()]


def refuse_foreign_sender(address: str, allowed: Collection[str]) -> None:
    """Refuses a mail in somebody else's name; `allowed` are the domains mail may come from."""
    domain = address.rpartition("@")[2].lower()
    if domain not in {known.lower() for known in allowed}:
        raise RuleViolation(
            _(
                "%(domain)s is not a domain that mail leaves from here. Send from an address of "
                "yours or the company's, or ask an administrator for SENDER_DOMAINS."
            )
            % {"domain": domain}
        )


def missing_for_launch(activity: CampaignActivity, house: CompanySettings) -> list[str]:
    missing = missing_content(activity)
    if not house.address.strip():
        missing.append(
            _(
                "The company's postal address is missing; every mailing has to carry it."
                " An administrator writes it in the company details."
            )
        )
    try:
        refuse_closed_campaign(activity)
    except RuleViolation as refusal:
        missing.append(str(refusal))
    return missing


def refuse_unready(activity: CampaignActivity, house: CompanySettings) -> None:
    missing = missing_for_launch(activity, house)
    if missing:
        raise RuleViolation(" ".join(missing))
