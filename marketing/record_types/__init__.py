"""Marketing lists, campaigns, their activities and what comes back, declared."""

from marketing.record_types import (  # noqa: F401
    activity,
    additions,
    campaign,
    marketing_list,
    response,
)
