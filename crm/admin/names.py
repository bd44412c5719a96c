"""Renaming: what record types and fields are called, and their icons."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from crm import labels
from crm.admin.base import SettingsAdmin, SettingsInline
from crm.models import FieldLabel, RecordTypeLabel, RecordTypeName
from crm.registry.registry import registry
from crm.ui.icons import icon_names, icon_svg

# What businesses mostly have records of; any other icon can be named.
OFFERED = (
    *("building-2", "building", "factory", "store", "warehouse", "landmark", "hospital", "school"),
    *("house", "hotel", "users", "user", "contact", "id-card", "handshake", "heart-handshake"),
    *("briefcase", "graduation-cap", "target", "trophy", "trending-up", "chart-column", "coins"),
    *("badge-percent", "banknote", "credit-card", "wallet", "file-text", "receipt", "package"),
    *("shopping-cart", "boxes", "truck", "tag", "tags", "life-buoy", "headset", "wrench", "hammer"),
    *("shield-check", "ticket", "message-square", "phone", "mail", "megaphone", "calendar"),
    *("map-pin", "globe", "book-open", "lightbulb", "rocket", "star", "flag", "folder"),
)


class IconTiles(forms.RadioSelect):
    """Icons one can see, and a field for the name of any other."""

    template_name = "administration/icons.html"

    def __init__(self, came_with: str = "") -> None:
        super().__init__()
        self.came_with = came_with

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = value or ""
        offered = dict.fromkeys([chosen or self.came_with, *OFFERED])
        context["tiles"] = [(one, icon_svg(one)) for one in offered if one in icon_names()]
        context["chosen"] = chosen
        context["came_with"] = icon_svg(self.came_with) if self.came_with else ""
        context["is_unknown"] = bool(chosen) and chosen not in icon_names()
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(f"{name}_other", "").strip() or data.get(name, "")


class TypeNameForm(forms.ModelForm):  # type: ignore[type-arg]
    """Shows what the type is called without a name of one's own."""

    class Meta:
        model = RecordTypeLabel
        fields = ("language", "singular", "plural")

    def __init__(self, *args: Any, came_as: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.initial.get("language")
        if came_as and language:
            with override(language):
                names = labels.original(came_as)
            for field, name in zip(("singular", "plural"), names, strict=True):
                self.fields[field].widget.attrs["placeholder"] = name


class TypeNameInline(SettingsInline):
    model = RecordTypeLabel
    form = TypeNameForm
    max_num = len(settings.LANGUAGES)
    verbose_name_plural = _("Names, one line per language")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return len(missing_languages(obj))


def missing_languages(name: RecordTypeName | None) -> list[str]:
    """The languages in which a record type has the name it came with."""
    given = set(name.names.values_list("language", flat=True)) if name else set()
    return [code for code, _name in settings.LANGUAGES if code not in given]


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
    verbose_name_plural = _("Names of fields, one line per field and language")

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
    """Names per language, icon, and labels of fields."""

    list_display = ("plural", "singular", "shown_icon")
    list_per_page = 200
    inlines = (TypeNameInline, FieldNameInline)

    @admin.display(description=_("several of them"))
    def plural(self, name: RecordTypeName) -> str:
        return labels.plural(name.record_type)

    @admin.display(description=_("one of them"))
    def singular(self, name: RecordTypeName) -> str:
        return labels.singular(name.record_type)

    @admin.display(description=_("icon"))
    def shown_icon(self, name: RecordTypeName) -> str:
        icon = registry.get(name.record_type).icon
        return format_html('<span title="{}">{}</span>', icon, icon_svg(icon))

    def get_queryset(self, request: HttpRequest) -> Any:
        known = [record_type.key for record_type in registry]
        return super().get_queryset(request).filter(record_type__in=known)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> Any:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, TypeNameInline):
            missing = missing_languages(obj)
            kwargs["initial"] = [{"language": code} for code in missing]
            is_as_it_came = obj is not None and len(missing) == len(settings.LANGUAGES)
            kwargs["form_kwargs"] = {"came_as": obj.record_type if is_as_it_came else ""}
        elif isinstance(inline, FieldNameInline):
            kwargs["initial"] = [{"language": (get_language() or "en").split("-")[0]}]
        return kwargs

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        if obj is not None:
            form.base_fields["icon"].widget = IconTiles(registry.declared[obj.record_type].icon)
        return form

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "icon":
            return IconField(label=_("Icon"), required=False, widget=IconTiles)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class IconField(forms.CharField):
    """The name of an icon there is, or nothing."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and value not in icon_names():
            raise forms.ValidationError(
                _("No icon is called “%(name)s”. The names are those of lucide.dev/icons."),
                params={"name": value},
            )
