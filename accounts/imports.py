"""Headings under which other systems export accounts and contacts."""

from crm.exchange.imports.targets import add_import_aliases


def register_imports() -> None:
    add_import_aliases(
        "account",
        name=("account", "company", "account name", "organisation"),
        industry=("sector",),
        founded_year=("year_established", "founded"),
        annual_revenue=("revenue", "turnover"),
        country=("office_location",),
        parent=("subsidiary_of", "parent account", "parent company"),
    )
    add_import_aliases(
        "contact",
        account=("company", "account name", "organisation"),
        email=("email address", "e-mail address"),
        job_title=("title", "position"),
    )
