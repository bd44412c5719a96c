"""The base of every record type's form: visible choices only, labels from the registry."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.access.actor import Actor
from crm.errors import CrmError
from crm.models import Principal, Record
from crm.records.lists.lookups import RecordChoiceField, RecordMultipleChoiceField
from crm.records.lists.numbers import as_text

NO_CHOICE = BLANK_CHOICE_DASH[0]


def dress(form: forms.BaseForm) -> None:
    """Days get the browser's calendar, amounts lose the zeros the column keeps, and an empty
    choice says what it is."""
    for name, field in form.fields.items():
        if type(field) is forms.TypedChoiceField:
            choices: list[Any] = list(field.choices)  # type: ignore[arg-type]
            if choices[:1] == [NO_CHOICE]:
                field.choices = [("", _("Not set")), *choices[1:]]
        elif type(field) is forms.DateField and type(field.widget) is forms.DateInput:
            field.widget.input_type = "date"
            field.widget.format = "%Y-%m-%d"
        elif isinstance(field, forms.IntegerField):  # decimals are kinds of it
            as_text(field)
        if isinstance(field, forms.DecimalField):
            form.initial[name] = trimmed(form.initial.get(name, field.initial))


def trimmed(value: Any) -> Any:
    """25500.0000 is 25500; 0.5000 is 0.5."""
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """A model form for one actor. It never saves: views hand `values()` to a service.

    Links to records become look-ups over what the actor may see; anything else is refused as
    if it did not exist.
    """

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.ModelMultipleChoiceField):
                self._link(name, field, RecordMultipleChoiceField)
            elif isinstance(field, forms.ModelChoiceField):
                self._link(name, field, RecordChoiceField)
        dress(self)

    def _link(self, name: str, field: Any, field_class: Any) -> None:
        model = field.queryset.model
        if not issubclass(model, Record) and model is not Principal:
            return
        self.fields[name] = field_class(
            model=model,
            actor=self.actor,
            required=field.required,
            label=field.label,
            help_text=field.help_text,
            initial=field.initial,
            current=self.initial.get(name),
            **self._kept(name, field_class),
        )

    def _kept(self, name: str, field_class: Any) -> dict[str, Any]:
        """What an edited record links to may stay, even where the actor can't see it."""
        if field_class is not RecordChoiceField or self.instance.pk is None:
            return {}
        return {"kept": getattr(self.instance, f"{name}_id", None)}

    def _post_clean(self) -> None:
        """Model validation happens in the service, under the lock; not twice."""

    def values(self) -> dict[str, Any]:
        """What the form would set: field -> cleaned value."""
        return dict(self.cleaned_data)

    def show_error(self, error: CrmError) -> None:
        """Puts a service's refusal next to the fields it names."""
        for name, message in error.fields.items():
            self.add_error(name if name in self.fields else None, str(message))
        if not error.fields:
            self.add_error(None, str(error))


class ActionForm(forms.Form):
    """A dialog's form: `initial_for(record)` prefills it, cleaned data go to the service."""

    def __init__(self, *args: Any, actor: Actor, record: Any = None, **kwargs: Any) -> None:
        self.actor, self.record = actor, record
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, RecordChoiceField):
                field.use_actor(actor)
        dress(self)

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {}

    show_error = RecordForm.show_error


def as_sent(form: forms.BaseForm) -> QueryDict:
    """What a browser would send of the form if nobody touched it."""
    sent = QueryDict(mutable=True)
    for bound in form:
        value, widget = bound.value(), bound.field.widget
        if value is True:
            sent[bound.html_name] = "on"
        elif isinstance(value, list | tuple):
            sent.setlist(bound.html_name, [str(one) for one in value])
        elif value is not None and value is not False:
            shown = widget.format_value(value)
            sent[bound.html_name] = shown if isinstance(shown, str) else str(value)
    return sent
