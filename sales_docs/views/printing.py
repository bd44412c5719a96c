"""The PDF of a document, for whoever may read it."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from crm import clock
from crm.models.levels import Privilege
from crm.registry.declaration import RecordType
from sales_docs.pdf.renderer import render_pdf
from sales_docs.printing import file_name, page_of


def show_pdf(request: HttpRequest, record_type: RecordType, record: Any) -> HttpResponse:
    request.actor.require(Privilege.READ, record)  # type: ignore[attr-defined]
    pdf = render_pdf(page_of(record, request.actor), at=record.modified_at or clock.now())
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{file_name(record)}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
