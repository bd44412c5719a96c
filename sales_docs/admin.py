"""What administrators set for the catalogue and for documents."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin import SettingsAdmin
from crm.clock import now
from crm.company.settings import company
from crm.errors import RuleViolation
from crm.values.numbering import parse_format
from sales_docs.models import InvoiceSeries, TaxCode
from sales_docs.rules.series import refuse_bad_format


@admin.register(TaxCode)
class TaxCodeAdmin(SettingsAdmin):
    """Taxes of lines. One that documents name stays, and can be taken out of use."""

    list_display = ("code", "name", "rate", "country", "is_default", "is_active")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    fieldsets = (
        (None, {"fields": ("code", "name", "rate", "country", "note")}),
        (gettext_lazy("Use"), {"fields": ("is_default", "is_active")}),
    )


class SeriesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = InvoiceSeries
        fields = ("format",)

    def clean_format(self) -> str:
        text = str(self.cleaned_data["format"])
        try:
            refuse_bad_format(text)
        except RuleViolation as error:
            raise forms.ValidationError(str(error)) from error
        return text


@admin.register(InvoiceSeries)
class InvoiceSeriesAdmin(SettingsAdmin):
    """How numbers without gaps are written. What has a number keeps it."""

    form = SeriesForm
    list_display = ("kind", "format", "example")
    readonly_fields = ("example",)

    @admin.display(description=gettext_lazy("example"))
    def example(self, series: InvoiceSeries) -> str:
        if not series.pk:
            return ""
        first_month = company().fiscal_year_start
        text = parse_format(series.format).render(7, day=now().date(), first_month=first_month)
        return _("%(number)s would be the seventh") % {"number": text}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
