"""The app's own page in the site map."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from crm import labels
from crm.frame.frame import Page, add_page

named = lazy(labels.with_names, str)


def add_pages() -> None:
    add_page(
        Page(
            area="service",
            group="service",
            label=named(_("%(Type)s desk"), "case"),
            icon="headset",
            url_name="desk:home",
            order=5,
            reads="case",
        )
    )
