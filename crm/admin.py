"""Django admin: what administrators set up. Records themselves are worked on in the product."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm import labels
from crm.models import (
    BusinessUnit,
    CompanySettings,
    Currency,
    FieldLabel,
    NumberSeries,
    RecordTypeLabel,
    RecordTypeName,
    Role,
    Team,
    TeamMembership,
    User,
)
from crm.records.registry import registry

admin.site.site_header = _("Administration")
admin.site.site_title = _("Administration")
admin.site.index_title = _("Settings")


class SettingsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Open to whoever holds a role that may change settings."""

    def _may(self, request: HttpRequest) -> bool:
        return bool(request.actor.can_administer)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)


class SettingsInline(admin.TabularInline):  # type: ignore[type-arg]
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.actor.can_administer)

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


class TypeNameInline(SettingsInline):
    model = RecordTypeLabel
    max_num = 2
    extra = 2


class FieldNameForm(forms.ModelForm):  # type: ignore[type-arg]
    """Offers the fields of the record type by their present names."""

    field = forms.ChoiceField(label=_("field"))

    class Meta:
        model = FieldLabel
        fields = ("field", "language", "label")


class FieldNameInline(SettingsInline):
    model = FieldLabel
    form = FieldNameForm
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        if obj is not None:
            formset.form.base_fields["field"].choices = [("", "---------"), *_field_choices(obj)]
        return formset


def _field_choices(name: RecordTypeName) -> list[tuple[str, str]]:
    model = registry.get(name.record_type).model
    named = [
        (field.name, labels.field_label(name.record_type, field.name))
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.name not in {"id", "search_text", "version"}
    ]
    return sorted(named, key=lambda pair: pair[1].casefold())


@admin.register(RecordTypeName)
class RecordTypeNameAdmin(SettingsAdmin):
    """Renaming: names per language, icon, and labels of fields."""

    list_display = ("plural", "singular", "icon")
    inlines = (TypeNameInline, FieldNameInline)

    @admin.display(description=_("several of them"))
    def plural(self, name: RecordTypeName) -> str:
        return labels.plural(name.record_type)

    @admin.display(description=_("one of them"))
    def singular(self, name: RecordTypeName) -> str:
        return labels.singular(name.record_type)

    def get_queryset(self, request: HttpRequest) -> Any:
        known = [record_type.key for record_type in registry]
        return super().get_queryset(request).filter(record_type__in=known)

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "icon":
            return forms.ChoiceField(
                label=db_field.verbose_name,
                required=False,
                help_text=db_field.help_text,
                choices=_icon_choices,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _icon_choices() -> list[tuple[str, str]]:
    from crm.ui.icons import icon_names

    return [("", "---------"), *((name, name) for name in icon_names())]


@admin.register(BusinessUnit)
class BusinessUnitAdmin(SettingsAdmin):
    list_display = ("name", "parent")
    search_fields = ("name",)


class MembershipInline(SettingsInline):
    model = TeamMembership
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(SettingsAdmin):
    list_display = ("name", "unit", "description")
    search_fields = ("name",)
    inlines = (MembershipInline,)
    fields = ("name", "unit", "description")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.kind = Team.Kind.TEAM
        super().save_model(request, obj, form, change)


class HolderInline(SettingsInline):
    model = Role.holders.through
    verbose_name = _("role")
    verbose_name_plural = _("roles")


@admin.register(User)
class UserAdmin(SettingsAdmin, DjangoUserAdmin):
    list_display = ("name", "username", "unit", "manager", "is_active")
    list_filter = ("is_active", "unit")
    search_fields = ("name", "username", "email")
    autocomplete_fields = ("manager",)
    ordering = ("name",)
    filter_horizontal = ()
    inlines = (HolderInline,)
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email", "job_title")}),
        (_("Place in the company"), {"fields": ("unit", "manager")}),
        (_("Preferences"), {"fields": ("language", "time_zone", "theme", "has_shortcuts")}),
        (_("Sign-in"), {"fields": ("is_active", "last_login")}),
    )
    readonly_fields = ("last_login",)
    add_fieldsets = (
        (None, {"fields": ("username", "name", "email", "unit", "manager", "usable_password")}),
        (_("Password"), {"fields": ("password1", "password2")}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.kind = User.Kind.USER
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Users own records and stand in histories: they are switched off, not deleted."""
        return False


@admin.register(Role)
class RoleAdmin(SettingsAdmin):
    """Who holds a role; its levels are edited as a matrix in the settings."""

    list_display = ("name", "description", "can_administer")
    filter_horizontal = ("holders",)
    fields = ("name", "description", "can_administer", "holders")


@admin.register(Currency)
class CurrencyAdmin(SettingsAdmin):
    list_display = ("code", "rate", "is_base", "is_active")


@admin.register(NumberSeries)
class NumberSeriesAdmin(SettingsAdmin):
    list_display = ("type_name", "prefix", "digits")
    fields = ("prefix", "digits")

    @admin.display(description=_("record type"))
    def type_name(self, series: NumberSeries) -> str:
        return labels.plural(series.key) if series.key in registry else series.key

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CompanySettings)
class CompanySettingsAdmin(SettingsAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return not CompanySettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
