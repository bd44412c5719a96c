"""The company's own details, its currencies, and how numbers are written."""

from typing import Any

from babel import Locale
from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dates import MONTHS
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from crm import labels
from crm.admin.base import SettingsAdmin
from crm.administration.rules import refuse_second_base
from crm.errors import RuleViolation
from crm.models import CompanySettings, Currency, NumberSeries
from crm.registry.registry import registry
from crm.values.money import currency_choices


class CurrencyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Offers the currencies of ISO 4217 by name."""

    class Meta:
        model = Currency
        fields = ("code", "rate", "is_base", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            locale = Locale.parse(to_locale(get_language() or "en"))
            choices = [("", "---------"), *currency_choices(locale)]
            self.fields["code"] = forms.ChoiceField(label=_("currency"), choices=choices)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            refuse_second_base(
                code=cleaned.get("code", self.instance.code),
                rate=cleaned.get("rate"),
                is_base=bool(cleaned.get("is_base")),
                is_active=bool(cleaned.get("is_active")),
                base=Currency.objects.filter(is_base=True).first(),
            )
        except RuleViolation as error:
            for name, message in error.fields.items():
                self.add_error(name, str(message))
        return cleaned


@admin.register(Currency)
class CurrencyAdmin(SettingsAdmin):
    form = CurrencyForm
    list_display = ("code", "rate", "is_base", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("code",) if obj else ()


@admin.register(NumberSeries)
class NumberSeriesAdmin(SettingsAdmin):
    list_display = ("type_name", "prefix", "digits", "example")
    fields = ("prefix", "digits")

    @admin.display(description=_("record type"))
    def type_name(self, series: NumberSeries) -> str:
        return labels.plural(series.key) if series.key in registry else series.key

    @admin.display(description=_("example"))
    def example(self, series: NumberSeries) -> str:
        return str(series)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CompanySettings)
class CompanySettingsAdmin(SettingsAdmin):
    """There is one company, so its page opens at once."""

    fieldsets = (
        (
            _("Letterhead"),
            {"fields": ("name", "address", "registration", "email", "phone", "website")},
        ),
        (_("On documents"), {"fields": ("payment_details", "document_terms")}),
        (_("Time"), {"fields": ("fiscal_year_start", "bin_days", "notification_days")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if CompanySettings.objects.exists():
            return redirect("admin:crm_companysettings_change", 1)
        return redirect("admin:crm_companysettings_add")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "fiscal_year_start":
            return forms.TypedChoiceField(
                label=db_field.verbose_name, choices=list(MONTHS.items()), coerce=int, initial=1
            )
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        if isinstance(db_field, models.TextField):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request) and not CompanySettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
