"""Addresses that get no mailings, whatever the records say."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.admin import SettingsAdmin
from marketing.message.addresses import address_hash
from marketing.models import Suppression
from marketing.services import block_addresses, unblock


class BlockForm(forms.ModelForm):  # type: ignore[type-arg]
    """An address is typed in; only its hash is kept."""

    address = forms.EmailField(
        label=_("e-mail address"),
        help_text=_("Only a fingerprint of it is kept, so this page can't show it again."),
    )

    class Meta:
        model = Suppression
        fields: tuple[str, ...] = ()

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        if Suppression.objects.filter(address_hash=address_hash(address)).exists():
            raise forms.ValidationError(_("This address is blocked already."))
        return address


@admin.register(Suppression)
class SuppressionAdmin(SettingsAdmin):
    """Look an address up by writing it in full; taking the line away lets mailings reach it."""

    form = BlockForm
    list_display = ("fingerprint", "reason", "activity", "created_at")
    list_display_links = None
    list_select_related = ("activity",)
    list_filter = ("reason",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("address_hash",)
    search_help_text = _("An e-mail address, in full")

    @admin.display(description=_("fingerprint"))
    def fingerprint(self, row: Suppression) -> str:
        return str(row)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(address_hash=address_hash(search_term.strip())), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = block_addresses(actor=request.actor, addresses=[form.cleaned_data["address"]])[0]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        unblock(actor=request.actor, ids=[obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        unblock(actor=request.actor, ids=list(queryset.values_list("pk", flat=True)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
