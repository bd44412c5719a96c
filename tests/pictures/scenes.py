"""What the README shows, found in the demo company by what it is and not by its number."""

from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Subquery

from crm.models import Activity, User
from crm.registry.links import record_url
from leads.models import Lead
from marketing.models import CampaignActivity
from opportunities.models import Opportunity
from sales_docs.models import Quote


@dataclass(frozen=True)
class Scene:
    name: str
    who: str
    path: str
    theme: str = "light"
    clicks: tuple[str, ...] = ()


def talk() -> Subquery:
    """How much was noted about an opportunity."""
    about = Activity.objects.filter(regarding_type="opportunity", regarding_id=OuterRef("pk"))
    return Subquery(about.values("regarding_id").annotate(n=Count("pk")).values("n")[:1])


def scenes() -> list[Scene]:
    rep = User.objects.get(username="rep").principal_ptr
    deals = Opportunity.objects.filter(owner=rep, state="open", stage__in=("develop", "propose"))
    deal = (
        deals.exclude(contact=None)
        .annotate(talk=talk())
        .order_by(F("talk").desc(nulls_last=True), "pk")
        .first()
    )
    quotes = Quote.objects.filter(owner=rep, state="draft")
    quote = quotes.annotate(size=Count("lines")).order_by("-size", "pk").first()
    lead = Lead.objects.filter(owner=rep, state="open").order_by("pk").first()
    mailing = CampaignActivity.objects.filter(state="paused").first()
    chosen = ("tbody tr:nth-child(2) [type=checkbox]", "tbody tr:nth-child(5) [type=checkbox]")
    return [
        Scene("today", "rep", "/"),
        Scene("list", "rep", "/opportunities/?chart=stage", clicks=chosen),
        Scene("record", "rep", record_url(deal)),
        Scene("board", "rep", "/opportunities/board/", "dark"),
        Scene("quote", "rep", f"{record_url(quote)}lines/", clicks=("[id^=trace-] summary",)),
        Scene("qualify", "rep", f"{record_url(lead)}qualify/", "dark"),
        Scene("desk", "agent", "/case-queue/"),
        Scene("campaign", "marketer", f"{record_url(mailing)}live/", "dark"),
    ]
