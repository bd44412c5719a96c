from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.exchange.imports.plan import match_field
from crm.exchange.imports.targets import Target
from crm.models import ImportJob


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX up to 200 MB. The first line names the columns."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
        error_messages={
            "empty": _("The file is empty. Choose one that has rows."),
            "required": _("Choose a file first."),
        },
    )


class MappingForm(forms.Form):
    """A select per column of the file, named by the column's position."""

    match_on = forms.ChoiceField(
        label=_("Recognise existing ones by"),
        required=False,
        help_text=_("A row whose value is there already updates that one instead of adding one."),
    )
    day_first = forms.BooleanField(
        label=_("03/04/2026 is the third of April"),
        required=False,
    )

    def __init__(self, *args: Any, job: ImportJob, target: Target, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.job = job
        named = sorted(
            ((name, str(described.label)) for name, described in target.fields.items()),
            key=lambda pair: pair[1].casefold(),
        )
        for index, column in enumerate(job.columns):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=column,
                required=False,
                choices=[
                    ("", _("Leave out")),
                    *((n, label[:1].upper() + label[1:]) for n, label in named),
                ],
                initial=job.mapping.get(column, {}).get("field", ""),
            )
        identities = [(name, target.fields[name].label) for name in target.identities()]
        self.fields["match_on"].choices = [  # type: ignore[attr-defined]
            ("", _("The best one mapped")),
            *identities,
        ]
        self.fields["match_on"].initial = job.options.get("match_on") or match_field(job, target)
        self.fields["day_first"].initial = job.options.get("day_first", False)

    def columns(self) -> list[tuple[Any, list[str]]]:
        """A bound select and sample values per column."""
        samples = [row.cells for row in self.job.rows.order_by("line")[:3]]
        return [
            (self[f"column_{index}"], [cells[index] for cells in samples if cells[index]])
            for index in range(len(self.job.columns))
        ]

    def mapping(self) -> dict[str, Any]:
        earlier = self.job.mapping
        chosen = {
            column: self.cleaned_data[f"column_{index}"]
            for index, column in enumerate(self.job.columns)
        }
        return {
            column: {"field": name, **_values(earlier.get(column, {}), name)}
            for column, name in chosen.items()
            if name
        }

    def options(self) -> dict[str, Any]:
        return {
            "match_on": self.cleaned_data["match_on"],
            "day_first": self.cleaned_data["day_first"],
        }


def _values(earlier: dict[str, Any], name: str) -> dict[str, Any]:
    """Replaced values stay while the column goes to the same field."""
    if earlier.get("field") != name or "values" not in earlier:
        return {}
    return {"values": earlier["values"]}


class ValueForm(forms.Form):
    """Replaces one value of a column by another, wherever it stands in the file."""

    column = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(widget=forms.HiddenInput)
    replacement = forms.CharField(label=_("Use instead"), max_length=240)
