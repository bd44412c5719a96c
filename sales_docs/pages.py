"""The app's own pages in the settings."""

from django.utils.translation import gettext_lazy as _

from crm.frame.settings_pages import SettingsPage, add_settings_page


def add_pages() -> None:
    add_settings_page(
        SettingsPage(
            label=_("Tax codes"),
            note=_("Rates, what documents call them, and which one new lines have"),
            icon="percent",
            url_name="admin:sales_docs_taxcode_changelist",
            group="company",
            order=60,
        )
    )
    add_settings_page(
        SettingsPage(
            label=_("Numbers without gaps"),
            note=_("How bills and credit notes are numbered each fiscal year"),
            icon="list-ordered",
            url_name="admin:sales_docs_invoiceseries_changelist",
            group="company",
            order=70,
        )
    )
