"""Files of a record: added, taken away, removed."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.activities.files import attach_file, record_of, remove_file
from crm.errors import CrmError, NotVisible
from crm.models import File, Record
from crm.pages.loading import load
from crm.pages.record import record_page
from crm.pages.tabs.files import FileForm
from crm.records.running import run, say
from crm.registry.declaration import Feature, RecordType
from crm.registry.links import record_url


@require_POST
def add_file(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    record = load(request, record_type, record_id)
    if not record_type.has(Feature.FILES):
        raise NotVisible
    status = 422
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            file, operation_id = run(
                actor=request.actor,
                service=attach_file,
                record=record,
                upload=form.cleaned_data["file"],
            )
            say(request, _("Added “%(name)s”.") % {"name": file.name}, operation_id)
            return redirect(files_url(record))
        except NotVisible:
            raise
        except CrmError as error:
            form.show_error(error)
            status = error.status
    return record_page(request, record_type, record, tab="files", status=status, file_form=form)


@require_GET
def download(request: HttpRequest, file_id: int) -> FileResponse:
    """The file as an attachment, never shown by the browser; access is the record's."""
    file = File.objects.filter(pk=file_id, deleted_at=None).first()
    if file is None:
        raise NotVisible
    record_of(request.actor, file)
    response = FileResponse(
        file.content.open("rb"),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def delete_file(request: HttpRequest, file_id: int) -> HttpResponse:
    file, operation_id = run(actor=request.actor, service=remove_file, file_id=file_id)
    say(request, _("Removed “%(name)s”.") % {"name": file.name}, operation_id)
    return redirect(files_url(record_of(request.actor, file)))


def files_url(record: Record) -> str:
    return f"{record_url(record)}?tab=files"
