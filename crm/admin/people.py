"""Users, teams, business units and roles."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from crm.admin.base import SettingsAdmin, SettingsInline
from crm.administration.handover import owned_by
from crm.administration.rules import refuse_to_lock_out
from crm.models import BusinessUnit, Role, Team, TeamMembership, User


class KeepsAdministrators(SettingsAdmin):
    """What is saved or deleted here may leave nobody who can open these pages."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        refuse_to_lock_out(administrators().count())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            super().delete_model(request, obj)
            refuse_to_lock_out(administrators().count())

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        with transaction.atomic():
            super().delete_queryset(request, queryset)
            refuse_to_lock_out(administrators().count())


def administrators() -> Any:
    """Who signs in and may change settings, by a role of their own or of a team."""
    may = Q(roles__can_administer=True) | Q(teams__roles__can_administer=True)
    return User.objects.filter(may | Q(is_superuser=True), is_active=True).distinct()


@admin.register(BusinessUnit)
class BusinessUnitAdmin(SettingsAdmin):
    list_display = ("name", "parent")
    list_select_related = ("parent",)
    search_fields = ("name",)
    autocomplete_fields = ("parent",)


class MembershipInline(SettingsInline):
    model = TeamMembership
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(KeepsAdministrators):
    list_display = ("name", "unit", "description")
    list_select_related = ("unit",)
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
class UserAdmin(KeepsAdministrators, DjangoUserAdmin):
    list_display = ("name", "username", "unit", "manager", "is_active")
    list_select_related = ("unit", "manager")
    list_filter = ("is_active", "unit")
    search_fields = ("name", "username", "email")
    autocomplete_fields = ("manager",)
    ordering = ("name",)
    filter_horizontal = ()
    inlines = (HolderInline,)
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "email", "job_title")}),
        (_("Place in the company"), {"fields": ("unit", "manager")}),
        (_("Records"), {"fields": ("records",)}),
        (_("Preferences"), {"fields": ("language", "time_zone", "theme", "has_shortcuts")}),
        (_("Sign-in"), {"fields": ("is_active", "second_factor", "last_login")}),
    )
    readonly_fields = ("last_login", "records", "second_factor")
    add_fieldsets = (
        (None, {"fields": ("username", "name", "email", "unit", "manager", "usable_password")}),
        (_("Password"), {"fields": ("password1", "password2")}),
    )

    @admin.display(description=_("owns"))
    def records(self, user: User) -> str:
        """How many records the user owns, and where they can be given to somebody else."""
        count = sum(owned.count for owned in owned_by(user.pk))
        if not count:
            return str(_("No records"))
        where = reverse("settings:hand_over", args=[user.pk])
        return format_html('{} · <a href="{}">{}</a>', count, where, _("Hand over …"))

    @admin.display(description=_("second factor"))
    def second_factor(self, user: User) -> str:
        where = reverse("settings:remove_factor", args=[user.pk])
        if not Authenticator.objects.filter(user_id=user.pk).exists():
            return str(_("None set up"))
        return format_html('<a href="{}">{}</a>', where, _("Take away, if it was lost …"))

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "language":
            kwargs["widget"] = forms.Select(choices=settings.LANGUAGES)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.kind = User.Kind.USER
        super().save_model(request, obj, form, change)
        if change and not obj.is_active and owned_by(obj.pk):
            where = reverse("settings:hand_over", args=[obj.pk])
            message = _("“{user}” still owns records. <a href='{where}'>Hand them over</a>")
            messages.warning(request, format_html(str(message), user=obj, where=where))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Users own records and stand in histories: they are switched off, not deleted."""
        return False


@admin.register(Role)
class RoleAdmin(KeepsAdministrators):
    """Who holds a role; its levels are edited as a matrix in the settings."""

    list_display = ("name", "description", "can_administer")
    filter_horizontal = ("holders",)
    fields = ("name", "description", "can_administer", "holders")
