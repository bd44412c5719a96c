"""What a user wants to hear of, and how."""

from typing import Any

from django import forms

from crm.models import NotificationChoice, User
from crm.notifications.kinds import every_kind, label_of

Way = NotificationChoice.Way
PREFIX = "hear"


class WaysForm(forms.Form):
    """One choice per kind. What was not sent along stays as it is."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, prefix=PREFIX, **kwargs)
        chosen = dict(NotificationChoice.objects.filter(user=user).values_list("kind", "way"))
        ways = [pair for pair in Way.choices if user.email or pair[0] != Way.MAIL]
        for kind in every_kind():
            self.fields[kind.key] = forms.ChoiceField(
                label=label_of(kind),
                choices=ways,
                required=False,
                initial=chosen.get(kind.key, Way.INSIDE),
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def changed_ways(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[name] for name in self.changed_data if self.cleaned_data[name]
        }
