"""What documents say to the opportunity they hang on, and what they follow from it."""

from django.utils.translation import gettext as _

from crm import labels
from crm.errors import RuleViolation
from crm.operations import current, journal
from crm.records.services import save_changed
from crm.registry.registry import registry
from opportunities.events import OpportunityClosing, OpportunitySaved
from sales_docs.calculation import price_lines
from sales_docs.models import Quote
from sales_docs.services.editing import lines_of

FOLLOWED = frozenset({"is_revenue_calculated", "price_list", "currency"})
MOST_NAMED = 3


def refuse_with_open_quotes(event: OpportunityClosing) -> None:
    """An opportunity is closed only when what was offered is closed too."""
    found = Quote.objects.alive().open().of_opportunity(event.opportunity.pk)
    if not found.exists():
        return
    seen = found.visible_to(current().actor).order_by("pk")
    numbers = list(seen.values_list("number", flat=True)[: MOST_NAMED + 1])
    if not numbers:
        sentence = _("Open %(types)s that you may not see must be closed first.")
        raise RuleViolation(labels.with_names(sentence, "quote"))
    listed = ", ".join(numbers[:MOST_NAMED]) + (", …" if len(numbers) > MOST_NAMED else "")
    sentence = labels.with_names(_("Close the open %(types)s first: {numbers}."), "quote")
    raise RuleViolation(sentence.replace("{numbers}", listed))


def follow_opportunity(event: OpportunitySaved) -> None:
    """Revenue that comes from the lines follows when the choice, the prices or currency change."""
    opportunity = event.opportunity
    if not opportunity.is_revenue_calculated or event.changed.isdisjoint(FOLLOWED):
        return
    lines = lines_of(opportunity)
    totals = price_lines(opportunity, [(str(line.pk), line) for line in lines])
    for line in lines:
        line.save()
    if lines:
        journal("recalculated", opportunity, is_final=True)
    if opportunity.estimated_revenue != totals.detail_amount:
        changes = {"estimated_revenue": opportunity.estimated_revenue}
        opportunity.estimated_revenue = totals.detail_amount
        save_changed(registry.get("opportunity"), opportunity, changes)
