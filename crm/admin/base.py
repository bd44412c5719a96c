"""What every page of the administration shares: who may open it, and what its history tells."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

SECRET = frozenset({"password", "password1", "password2", "usable_password"})


class SettingsAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Open to whoever holds a role that may change settings. Its history has old and new values."""

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

    def message_user(
        self, request: HttpRequest, message: Any, level: Any = messages.INFO, **more: Any
    ) -> None:
        """What went well is said in a word, as everywhere."""
        if level == messages.SUCCESS:
            is_gone = request.path.endswith("/delete/") or "action" in request.POST
            message = _("Deleted.") if is_gone else _("Saved.")
        super().message_user(request, message, level, **more)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        told: Any = super().construct_change_message(request, form, formsets, add)
        parts = {
            str(part.instance): part
            for formset in formsets or ()
            for part in formset.initial_forms
            if part.has_changed()
        }
        for entry in told:
            changed = entry.get("changed")
            if changed:
                source = parts.get(changed["object"]) if "object" in changed else form
                changed["fields"] = changes_of(source) if source else changed["fields"]
        return told


def changes_of(form: Any) -> list[str]:
    """What a form changed, as people read it: 'Rate: 1.0812 → 1.09'."""
    return [_change(form, name) for name in form.changed_data]


def _change(form: Any, name: str) -> str:
    field = form.fields.get(name)
    label = capfirst(str(field.label or name)) if field else name
    if field is None or name in SECRET:
        return label
    old, new = form.initial.get(name), form.cleaned_data.get(name)
    return f"{label}: {_said(field, old)} → {_said(field, new)}"


def _said(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    rows: Any = getattr(field, "queryset", None)
    if isinstance(field, forms.ModelMultipleChoiceField):
        keys = [getattr(one, "pk", one) for one in value]
        return ", ".join(str(one) for one in rows.filter(pk__in=keys))
    if isinstance(field, forms.ModelChoiceField):
        found = value if hasattr(value, "pk") else rows.filter(pk=value).first()
        return str(found or value)
    return str(dict(getattr(field, "choices", ())).get(value, value))


class SettingsInline(admin.TabularInline):  # type: ignore[type-arg]
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.actor.can_administer)

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission
