"""The tab of a record's files."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from crm.models import File, Record
from crm.models.levels import Privilege
from crm.records.forms import RecordForm
from crm.registry.declaration import RecordType

SHOWN = 200


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)

    show_error = RecordForm.show_error


def tab(request: HttpRequest, record_type: RecordType, record: Record) -> dict[str, Any]:
    """The files of the record and of its notes, the latest first."""
    kept = File.objects.filter(record_type=record_type.key, record_id=record.pk, deleted_at=None)
    return {
        "files": list(kept.select_related("uploaded_by", "activity").order_by("-pk")[:SHOWN]),
        "file_form": FileForm(),
        "may_attach": request.actor.allows(Privilege.APPEND_TO, record),
        "may_remove": request.actor.allows(Privilege.WRITE, record),
    }
