"""What this app puts on the pages of records that can be on a list."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from crm.models.levels import Privilege
from crm.registry.declaration import Action, Panel
from crm.registry.registry import registry
from marketing.models import MEMBER_TYPES
from marketing.panels import mailed, mailings_to, refusal_to_add

for key in MEMBER_TYPES:
    registry.add_action(
        key,
        Action(
            key="add-to-list",
            label=_("Add to a list"),
            icon="list-plus",
            privilege=Privilege.APPEND_TO,
            view="marketing.views.lists.add_chosen",
            refusal=refusal_to_add,
            works_on_many=True,
            order=80,
        ),
    )
    registry.add_panel(
        key,
        Panel(
            key="mailings",
            label=_("Mailings"),
            template="marketing/panels/mailings.html",
            load=mailings_to,
            when=partial(mailed, key),
            reads="campaignactivity",
            order=80,
        ),
    )
