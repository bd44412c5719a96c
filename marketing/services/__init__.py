"""The verbs of marketing."""

from marketing.services.activities import (
    cancel_activity,
    complete_activity,
    reopen_activity,
    start_activity,
)
from marketing.services.campaigns import (
    add_list,
    cancel_campaign,
    complete_campaign,
    launch_campaign,
    mark_ready,
    remove_list,
    reopen_campaign,
    suspend_campaign,
)
from marketing.services.lists import (
    add_member,
    add_members,
    lock_list,
    remove_members,
    unlock_list,
)
from marketing.services.mailing import (
    cancel_mailing,
    change_rate,
    choose_audience,
    launch_mailing,
    pause_mailing,
    resolve_unknown,
    resume_mailing,
    write_content,
)
from marketing.services.responses import (
    cancel_response,
    close_response,
    convert_response,
    reopen_response,
)
from marketing.services.unsubscribing import block_addresses, unblock, unsubscribe

__all__ = [
    "add_list",
    "add_member",
    "add_members",
    "block_addresses",
    "cancel_activity",
    "cancel_campaign",
    "cancel_mailing",
    "cancel_response",
    "change_rate",
    "choose_audience",
    "close_response",
    "complete_activity",
    "complete_campaign",
    "convert_response",
    "launch_campaign",
    "launch_mailing",
    "lock_list",
    "mark_ready",
    "pause_mailing",
    "remove_list",
    "remove_members",
    "reopen_activity",
    "reopen_campaign",
    "reopen_response",
    "resolve_unknown",
    "resume_mailing",
    "start_activity",
    "suspend_campaign",
    "unblock",
    "unlock_list",
    "unsubscribe",
    "write_content",
]
