from django.utils.translation import gettext_lazy as _

from crm.labels import plural_lazy
from crm.registry.declaration import (
    Area,
    Colour,
    Column,
    ColumnKind,
    DuplicateKey,
    Group,
    Panel,
    Place,
    RecordType,
    Section,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_records
from opportunities.models import Competitor
from opportunities.panels import deals_against

registry.register(
    RecordType(
        model=Competitor,
        slug="competitors",
        icon="swords",
        colour=Colour.OPPORTUNITY,
        places=(Place(area=Area.SALES, group=Group.SALES, order=30),),
        form="opportunities.forms.CompetitorForm",
        subtitle=("key_product",),
        key_fields=(
            Column(name="website"),
            Column(name="key_product"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="competitor",
                label=_("Main facts"),
                fields=("name", "website", "key_product", "owner"),
                is_quick=True,
            ),
            Section(
                key="assessment",
                label=_("Assessment"),
                fields=("overview", "strengths", "weaknesses", "how_we_win"),
            ),
        ),
        columns=(
            Column(name="name", kind=ColumnKind.LINK),
            Column(name="key_product"),
            Column(name="website", is_wide_only=True),
            Column(name="owner"),
            Column(name="modified_at", is_wide_only=True),
            Column(name="created_at", is_default=False),
        ),
        views=(
            all_records(sort="name", is_default=True),
            my_records(sort="name"),
        ),
        filters=("name", "owner", "created_at", "modified_at"),
        duplicates=(
            DuplicateKey(fields=("name",), reason=_("similar name"), is_fuzzy=True),
            DuplicateKey(fields=("website",), reason=_("same web address")),
        ),
        panels=(
            Panel(
                key="deals",
                label=plural_lazy("opportunity"),
                template="opportunities/panels/deals.html",
                load=deals_against,
                reads="opportunity",
                order=10,
            ),
        ),
        related=("owner",),
    )
)
