"""Who hears how a deal ended."""

from django.utils.translation import gettext_lazy as _

from crm.notifications.kinds import Kind
from crm.notifications.writing import notify
from opportunities.events import OpportunityLost, OpportunityReopened, OpportunityWon

SENTENCES = {
    "won": _("%(name)s closed this %(type)s as won"),
    "lost": _("%(name)s closed this %(type)s as lost"),
    "reopened": _("%(name)s opened this %(type)s again"),
}
WHAT = {OpportunityWon: "won", OpportunityLost: "lost", OpportunityReopened: "reopened"}

KINDS = (
    Kind(
        key="opportunity_closed",
        label=_("Somebody closes or reopens one of my %(types)s"),
        label_type="opportunity",
        icon="trophy",
        sentence=lambda data: SENTENCES[data["what"]],
    ),
)


def notify_owner(event: OpportunityWon | OpportunityLost | OpportunityReopened) -> None:
    deal = event.opportunity
    about, data = ("opportunity", deal.pk), {"what": WHAT[type(event)]}
    notify("opportunity_closed", to=[deal.owner_id], about=about, data=data)
