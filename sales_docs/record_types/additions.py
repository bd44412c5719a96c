"""What documents add to the pages of opportunities, accounts and contacts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm import labels
from crm.models.levels import Privilege
from crm.registry.declaration import Action, Panel, PanelPlace
from crm.registry.registry import registry
from opportunities.models import Opportunity
from sales_docs import panels
from sales_docs.record_types.shared import named


def _quote_refusal(actor: Any, opportunity: Any) -> Any:
    if not actor.can("quote", Privilege.CREATE):
        return _("Your roles do not allow this.")
    if opportunity.account_id is None and opportunity.contact_id is None:
        return _("Say whom it is for first: a company, a person or both.")
    return None


registry.add_action(
    "opportunity",
    Action(
        key="quote",
        label=named(_("Create %(type)s"), "quote"),
        icon="file-text",
        service="sales_docs.services.quotes.create_quote_from_opportunity",
        form="sales_docs.forms.QuoteOpportunityForm",
        privilege=Privilege.READ,
        states=(Opportunity.State.OPEN,),
        refusal=_quote_refusal,
        done=_("A draft to work on."),
        order=30,
    ),
)
registry.add_action(
    "opportunity",
    Action(
        key="lines",
        label=_("Edit lines"),
        icon="list",
        view="sales_docs.views.editor.edit_lines",
        states=(Opportunity.State.OPEN,),
        order=35,
    ),
)
registry.add_panel(
    "opportunity",
    Panel(
        key="lines",
        label=labels.plural_lazy("product"),
        template="sales_docs/panels/opportunity_lines.html",
        load=panels.opportunity_lines,
        place=PanelPlace.TAB,
        icon="boxes",
        order=20,
        count=panels.count_opportunity_lines,
    ),
)
registry.add_panel(
    "opportunity",
    Panel(
        key="quotes",
        label=labels.plural_lazy("quote"),
        template="sales_docs/panels/documents.html",
        load=panels.quotes_of_opportunity,
        icon="file-text",
        reads="quote",
        order=20,
    ),
)
for _customer in ("account", "contact"):
    for _order, (_key, _icon) in enumerate(
        (("quote", "file-text"), ("order", "package"), ("invoice", "receipt-text"))
    ):
        registry.add_panel(
            _customer,
            Panel(
                key=f"{_key}s",
                label=labels.plural_lazy(_key),
                template="sales_docs/panels/documents.html",
                load=panels.documents_of(_key, _customer),
                when=panels.documents_at(_key, _customer),
                empty=panels.no_documents(_key, _customer),
                icon=_icon,
                reads=_key,
                order=40 + _order,
            ),
        )
