"""Headings under which other systems export accounts and contacts."""

from crm.exchange.imports.additions import ImportAddition

IMPORTS = (
    ImportAddition(
        record_type="account",
        aliases={
            "name": ("account", "company", "account name", "organisation"),
            "industry": ("sector",),
            "founded_year": ("year_established", "founded"),
            "annual_revenue": ("revenue", "turnover"),
            "country": ("office_location",),
            "parent": ("subsidiary_of", "parent account", "parent company"),
        },
    ),
    ImportAddition(
        record_type="contact",
        aliases={
            "account": ("company", "account name", "organisation"),
            "email": ("email address", "e-mail address"),
            "job_title": ("title", "position"),
        },
    ),
)
