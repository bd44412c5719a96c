"""The pages of the settings area, in groups. Apps add theirs as `App.settings_pages`."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """One entry of the settings area; `url_name` takes no arguments."""

    label: Any
    note: Any
    icon: str
    url_name: str
    group: Any
    order: int = 50


GROUPS = {
    "company": _("Company"),
    "people": _("People and access"),
    "records": _("Records"),
    "system": _("System"),
}

STANDARD_PAGES = (
    SettingsPage(
        label=_("Company details"),
        note=_("Name, address and terms as they stand on documents and e-mails"),
        icon="building",
        url_name="admin:crm_companysettings_changelist",
        group="company",
    ),
    SettingsPage(
        label=_("Currencies"),
        note=_("Currencies you trade in and their rates"),
        icon="coins",
        url_name="admin:crm_currency_changelist",
        group="company",
    ),
    SettingsPage(
        label=_("Users"),
        note=_("Who signs in, their units and managers"),
        icon="users",
        url_name="admin:crm_user_changelist",
        group="people",
        order=10,
    ),
    SettingsPage(
        label=_("Teams"),
        note=_("Groups that own records together"),
        icon="users-round",
        url_name="admin:crm_team_changelist",
        group="people",
        order=20,
    ),
    SettingsPage(
        label=_("Business units"),
        note=_("The company as a tree; levels of roles follow it"),
        icon="network",
        url_name="admin:crm_businessunit_changelist",
        group="people",
        order=30,
    ),
    SettingsPage(
        label=_("Roles"),
        note=_("Who may do what, as a matrix"),
        icon="shield-check",
        url_name="settings:roles",
        group="people",
        order=40,
    ),
    SettingsPage(
        label=_("Names and icons"),
        note=_("Call record types and fields what you call them"),
        icon="tags",
        url_name="admin:crm_recordtypename_changelist",
        group="records",
        order=10,
    ),
    SettingsPage(
        label=_("Number formats"),
        note=_("Prefixes and digits of record numbers"),
        icon="hash",
        url_name="admin:crm_numberseries_changelist",
        group="records",
        order=20,
    ),
    SettingsPage(
        label=_("Imports"),
        note=_("Bring in CSV and XLSX files; see what was brought in"),
        icon="upload",
        url_name="imports:list",
        group="records",
        order=30,
    ),
    SettingsPage(
        label=_("Changes to many rows"),
        note=_("What runs in the background for you, and what it did"),
        icon="list-checks",
        url_name="jobs:list",
        group="records",
        order=40,
    ),
    SettingsPage(
        label=_("Outgoing mail"),
        note=_("Whether mail leaves; that of a copied database is held until you let it go"),
        icon="send",
        url_name="settings:held_mail",
        group="system",
        order=5,
    ),
)
MAILBOX_PAGE = SettingsPage(
    label=_("Local mailbox"),
    note=_("No mail server is named, so the CRM's mail is kept here to be read"),
    icon="mailbox",
    url_name="settings:mailbox",
    group="system",
    order=10,
)
_pages: list[SettingsPage] = []


def standard_pages() -> tuple[SettingsPage, ...]:
    """The kernel's own; the mailbox only where no mail server is named."""
    has_mailbox = settings.EMAIL_BACKEND == "crm.mail.local.LocalMailboxBackend"
    return (*STANDARD_PAGES, MAILBOX_PAGE) if has_mailbox else STANDARD_PAGES


def add_settings_page(page: SettingsPage) -> None:
    _pages.append(page)


def pages_by_group() -> list[tuple[Any, list[SettingsPage]]]:
    """(group label, pages) in order; groups without pages are left out."""
    ordered = sorted(_pages, key=lambda page: page.order)
    return [
        (label, [page for page in ordered if page.group == key])
        for key, label in GROUPS.items()
        if any(page.group == key for page in ordered)
    ]
