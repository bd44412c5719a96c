"""Accounts and contacts, declared."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from accounts.models.address import ADDRESS, SHIPPING
from accounts.models.reach import REFUSALS
from accounts.panels import accounts_below, contacts_of_account, employer, subsidiaries
from accounts.services import announce_deletion, prepare_account, prepare_contact
from crm.labels import plural_lazy, singular_lazy
from crm.registry.declaration import (
    STANDARD_FEATURES,
    Area,
    Chart,
    Colour,
    Column,
    ColumnKind,
    DuplicateKey,
    Feature,
    Group,
    Merge,
    NamedView,
    Panel,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
    Tone,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_records


def customer_places(order: int) -> tuple[Place, ...]:
    """Customers stand in every area."""
    return tuple(
        Place(area=area, group=Group.CUSTOMERS, order=order)
        for area in (Area.SALES, Area.SERVICE, Area.MARKETING)
    )


registry.register(
    RecordType(
        model=Account,
        slug="accounts",
        icon="building-2",
        colour=Colour.ACCOUNT,
        places=customer_places(10),
        form="accounts.forms.AccountForm",
        number="number",
        status=Status(
            field="relationship",
            tones={
                "prospect": (Tone.ACCENT, "circle-dot"),
                "customer": (Tone.GOOD, "circle-check"),
                "partner": (Tone.NEUTRAL, "handshake"),
                "supplier": (Tone.NEUTRAL, "truck"),
                "competitor": (Tone.WARN, "swords"),
                "other": (Tone.NEUTRAL, "circle"),
            },
        ),
        subtitle=("number",),
        key_fields=(
            Column(name="industry"),
            Column(name="employees"),
            Column(name="annual_revenue"),
            Column(name="phone"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="account",
                label=_("Main facts"),
                fields=("name", "relationship", "phone", "email", "website", "owner"),
                is_quick=True,
            ),
            Section(
                key="company",
                label=_("Company"),
                fields=(
                    "parent",
                    "primary_contact",
                    "customer_since_on",
                    "industry",
                    "annual_revenue",
                    "currency",
                    "employees",
                    "founded_year",
                    "description",
                ),
            ),
            Section(key="address", label=_("Address"), fields=ADDRESS),
            Section(key="shipping", label=_("Shipping address"), fields=SHIPPING),
            Section(key="reach", label=_("How not to reach them"), fields=REFUSALS),
        ),
        columns=(
            Column(name="name", kind=ColumnKind.LINK),
            Column(name="number", is_default=False),
            Column(name="relationship", kind=ColumnKind.PILL),
            Column(name="industry"),
            Column(name="city", is_wide_only=True),
            Column(name="country", is_default=False),
            Column(name="phone", is_wide_only=True),
            Column(name="email", is_default=False),
            Column(name="website", is_default=False),
            Column(name="annual_revenue"),
            Column(name="employees", is_default=False),
            Column(name="founded_year", kind=ColumnKind.TEXT, is_default=False),
            Column(name="parent", is_default=False),
            Column(
                name="primary_contact",
                is_default=False,
            ),
            Column(name="customer_since_on", is_default=False),
            Column(name="owner"),
            Column(name="modified_at", is_wide_only=True),
            Column(name="created_at", is_default=False),
        ),
        views=(
            my_records(is_default=True),
            all_records(),
            NamedView(
                key="customers",
                label=_("Customers"),
                select=lambda rows, actor: rows.customers(),
                sort="name",
            ),
            NamedView(
                key="prospects",
                label=_("Prospects"),
                select=lambda rows, actor: rows.prospects(),
            ),
            NamedView(
                key="new",
                label=_("New in the last 30 days"),
                select=lambda rows, actor: rows.created_since(days=30),
            ),
        ),
        filters=(
            "relationship",
            "industry",
            "country",
            "city",
            "annual_revenue",
            "currency",
            "employees",
            "parent",
            "owner",
            "created_at",
            "modified_at",
            "customer_since_on",
        ),
        charts=(
            Chart(key="industry", by="industry"),
            Chart(key="relationship", by="relationship"),
            Chart(key="country", by="country"),
            Chart(key="owner", by="owner"),
            Chart(key="created", by="created_at", label=_("New %(types)s")),
            Chart(key="revenue", by="industry", total="annual_revenue"),
        ),
        duplicates=(
            DuplicateKey(fields=("name",), reason=_("similar name"), is_fuzzy=True),
            DuplicateKey(fields=("website",), reason=_("same web address")),
            DuplicateKey(fields=("email",), reason=_("same e-mail address")),
            DuplicateKey(fields=("phone",), reason=_("same phone number")),
        ),
        features=STANDARD_FEATURES | {Feature.MERGE},
        merge=Merge(stricter=REFUSALS),
        bulk_fields=("relationship", "industry", "country", "parent", *REFUSALS),
        rules=Rules(before_save=prepare_account, before_delete=announce_deletion),
        panels=(
            Panel(
                key="contacts",
                label=plural_lazy("contact"),
                template="accounts/panels/contacts.html",
                load=contacts_of_account,
                reads="contact",
                order=20,
            ),
            Panel(
                key="subsidiaries",
                label=_("Belong to this one"),
                template="accounts/panels/subsidiaries.html",
                load=subsidiaries,
                when=accounts_below,
                order=60,
            ),
        ),
        related=("parent", "primary_contact", "owner"),
    )
)


registry.register(
    RecordType(
        model=Contact,
        slug="contacts",
        icon="user",
        colour=Colour.CONTACT,
        title="full_name",
        places=customer_places(20),
        form="accounts.forms.ContactForm",
        subtitle=("job_title", "account"),
        key_fields=(
            Column(name="account"),
            Column(name="email"),
            Column(name="phone"),
            Column(name="mobile"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="person",
                label=_("Main facts"),
                fields=(
                    "first_name",
                    "last_name",
                    "account",
                    "job_title",
                    "email",
                    "phone",
                    "mobile",
                    "owner",
                ),
                is_quick=True,
            ),
            Section(key="more", label=_("Details"), fields=("birthday", "description")),
            Section(key="address", label=_("Address"), fields=ADDRESS),
            Section(key="reach", label=_("How not to reach them"), fields=REFUSALS),
        ),
        columns=(
            Column(name="full_name", kind=ColumnKind.LINK, sort="last_name,first_name"),
            Column(name="account"),
            Column(name="job_title", is_wide_only=True),
            Column(name="email"),
            Column(name="phone", is_wide_only=True),
            Column(name="mobile", is_default=False),
            Column(name="city", is_default=False),
            Column(name="country", is_default=False),
            Column(name="birthday", is_default=False),
            Column(name="owner"),
            Column(name="modified_at", is_wide_only=True),
            Column(name="created_at", is_default=False),
        ),
        views=(
            my_records(is_default=True),
            all_records(),
            NamedView(
                key="private",
                label=_("Private customers"),
                select=lambda rows, actor: rows.without_account(),
            ),
            NamedView(
                key="new",
                label=_("New in the last 30 days"),
                select=lambda rows, actor: rows.created_since(days=30),
            ),
        ),
        filters=(
            "account",
            "account__industry",
            "job_title",
            "city",
            "country",
            "do_not_email",
            "do_not_bulk_email",
            "owner",
            "created_at",
            "modified_at",
        ),
        charts=(
            Chart(key="account", by="account"),
            Chart(key="industry", by="account__industry"),
            Chart(key="country", by="country"),
            Chart(key="owner", by="owner"),
            Chart(key="created", by="created_at", label=_("New %(types)s")),
        ),
        duplicates=(
            DuplicateKey(fields=("email",), reason=_("same e-mail address")),
            DuplicateKey(fields=("first_name", "last_name"), reason=_("same name")),
            DuplicateKey(fields=("mobile",), reason=_("same mobile number")),
            DuplicateKey(fields=("phone",), reason=_("same phone number")),
        ),
        rolls_up_to=("account",),
        features=STANDARD_FEATURES | {Feature.MERGE},
        merge=Merge(stricter=REFUSALS),
        bulk_fields=("account", "job_title", "country", *REFUSALS),
        rules=Rules(before_save=prepare_contact, before_delete=announce_deletion),
        panels=(
            Panel(
                key="employer",
                label=singular_lazy("account"),
                template="accounts/panels/employer.html",
                load=employer,
                reads="account",
                order=10,
            ),
        ),
        related=("account", "owner"),
    )
)
