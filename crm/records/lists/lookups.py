"""Choosing a record among a million: a look-up widget, and fields that only accept visible rows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.access.actor import HIDDEN_RECORD, Actor
from crm.models import Principal
from crm.models.querysets import TRIGRAM, folded
from crm.records.lists.tables import title_of
from crm.registry.declaration import RecordType
from crm.registry.registry import registry

PRINCIPALS = "principal"
OFFERED = 20
MAX_DIGITS = 18  # what a bigint holds


def choosable(model: Any, actor: Actor) -> Any:
    """The rows an actor may choose: visible records, or any user or team."""
    if model is Principal:
        return Principal.objects.all() if actor.may_list_people else Principal.objects.none()
    return model.objects.visible_to(actor)


def key_of(text: object) -> int | None:
    """The primary key somebody sent as text; None for what can't be one."""
    digits = str(text)
    is_key = digits.isascii() and digits.isdecimal() and len(digits) <= MAX_DIGITS
    return int(digits) if is_key else None


def called(rows: Any, record_type: RecordType, text: str) -> Any:
    """The rows whose number or code, or whose title, is the text; accents and case aside.

    By indexes only: a text too short for trigrams is compared with numbers alone.
    """
    is_called = Q(pk__in=())
    if record_type.number:
        is_called |= Q(**{f"{record_type.number}__in": {text, text.upper(), text.lower()}})
    if len(text) < TRIGRAM:
        return rows.filter(is_called)
    return rows.matching(text).filter(
        is_called | Q(**{f"{record_type.title}__folded": folded(text)})
    )


def type_key_of(model: Any) -> str:
    return PRINCIPALS if model is Principal else model.type_key()


class LookupWidget(forms.Select):
    """A select that holds the present choice and the most recent rows.

    With JavaScript it searches as one types; without, the text field beside it takes a name.
    """

    template_name = "records/lookup.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-lookup"] = ""
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        """The first choice is always nobody; Django would read all the others to see that."""
        return forms.Widget.use_required_attribute(self, initial)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = (data.get(f"{name}__text") or "").strip()
        return {"typed": typed} if typed else super().value_from_datadict(data, files, name)


class RecordChoiceField(forms.Field):
    """Accepts the id of a visible record (or a name typed without JavaScript).

    `kept` is the id that the record being edited holds: it may stay though the actor can't see
    what it names, which is then not said either.
    """

    widget: Any = LookupWidget

    def __init__(
        self,
        *,
        model: Any,
        actor: Actor | None = None,
        current: Any = None,
        kept: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.model, self.actor = model, actor
        self.current, self.kept = current, kept
        super().__init__(**kwargs)
        self.widget.is_required = self.required
        if actor is not None:
            self.use_actor(actor)

    def use_actor(self, actor: Actor) -> None:
        self.actor = actor
        self.widget.attrs["data-lookup-url"] = reverse(
            "records:lookup", args=[type_key_of(self.model)]
        )
        self.widget.choices = self._offered

    def _offered(self) -> list[tuple[Any, str]]:
        """The present choice and, for use without JavaScript, the latest rows."""
        found = self._latest()
        if isinstance(self.current, int) and self.current in found:
            return [("", ""), *found.items()]
        present = self._present()
        if present is not None:
            found.setdefault(present.pk, str(present))
        elif self.kept is not None:
            found.setdefault(self.kept, str(HIDDEN_RECORD))
        return [("", ""), *found.items()]

    def _latest(self) -> dict[Any, str]:
        order = "name__folded" if self.model is Principal else "-modified_at"
        rows = self._rows().order_by(order, "-pk").values_list("pk", title_of(self.model))
        return dict(rows[:OFFERED])

    def _rows(self) -> Any:
        """Nobody who was deactivated is given anything new."""
        rows = choosable(self.model, self.actor)  # type: ignore[arg-type]
        return rows.exclude(user__is_active=False) if self.model is Principal else rows

    def _present(self) -> Any:
        value = self.current
        if value in (None, ""):
            return None
        if isinstance(value, self.model):
            return value
        return choosable(self.model, self.actor).filter(pk=value).first()  # type: ignore[arg-type]

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        rows = self._rows()
        if isinstance(value, dict):
            return self._by_name(rows, value["typed"])
        key = key_of(value)
        if key is None:
            raise ValidationError(_("Choose one from the list."))
        record = rows.filter(pk=key).first()
        if record is None and key == self.kept:
            record = self.model._base_manager.filter(pk=key).first()
        if record is None:
            raise ValidationError(_("This record does not exist, or you may not see it."))
        self.current = record
        return record

    def _by_name(self, rows: Any, typed: str) -> Any:
        if "\0" in typed:
            found = []
        elif self.model is Principal:
            found = list(rows.filter(name__iexact=typed)[:2])
        else:
            found = list(called(rows, registry.of(self.model), typed.strip())[:2])
        if len(found) == 1:
            self.current = found[0]
            return found[0]
        if found:
            raise ValidationError(_("Several are called so. Choose one from the list."))
        raise ValidationError(
            _("Nothing is called so. Check the spelling, or choose from the list.")
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(getattr(initial, "pk", initial) or "") != str(data or "")


class RecordMultipleChoiceField(RecordChoiceField):
    """Accepts the ids of several visible records."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget = MultipleLookupWidget()
        if self.actor is not None:
            self.use_actor(self.actor)

    def _offered(self) -> list[tuple[Any, str]]:
        chosen = {row.pk: str(row) for row in self.current or ()}
        return [
            *chosen.items(),
            *(pair for pair in self._latest().items() if pair[0] not in chosen),
        ]

    def prepare_value(self, value: Any) -> Any:
        return [getattr(row, "pk", row) for row in value or ()]

    def to_python(self, value: Any) -> Any:
        given = list(value or ())
        choosable_rows = choosable(self.model, self.actor)  # type: ignore[arg-type]
        typed = [self._by_name(choosable_rows, one["typed"]) for one in given if _is_typed(one)]
        keys = [key_of(one) for one in given if not _is_typed(one)]
        rows = list(choosable_rows.filter(pk__in=[key for key in keys if key is not None]))
        if len(rows) != len(set(keys)):
            raise ValidationError(_("One of these records does not exist, or you may not see it."))
        self.current = [*rows, *(row for row in typed if row not in rows)]
        return self.current


def _is_typed(value: object) -> bool:
    """Whether a name was typed where a key is chosen with JavaScript."""
    return isinstance(value, dict)


class MultipleLookupWidget(forms.SelectMultiple):
    template_name = "records/lookup.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        typed = (data.get(f"{name}__text") or "").strip()
        return [*(chosen or ()), {"typed": typed}] if typed else chosen

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-lookup"] = ""
        return context
