"""Upload, map, dry run, run, result and undo."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from crm.errors import CrmError, RuleViolation
from crm.exchange.imports import services
from crm.exchange.imports.forms import MappingForm, UploadForm, ValueForm
from crm.exchange.imports.known import target_of
from crm.exchange.imports.report import findings, repair_file
from crm.exchange.imports.tasks import enqueue_import
from crm.models import ImportJob
from crm.records.history.not_undone import not_undone
from crm.records.history.tasks import enqueue_undo

State = ImportJob.State
STEPS = {
    State.UPLOADED: 1,
    State.CHECKING: 2,
    State.CHECKED: 2,
    State.RUNNING: 3,
    State.FAILED: 3,
    State.DONE: 4,
    State.UNDOING: 4,
    State.UNDONE: 4,
}
SHOWN_ROWS = 50


def my_imports(request: HttpRequest) -> HttpResponse:
    jobs = ImportJob.objects.filter(created_by=request.actor.id).order_by("-created_at", "-pk")
    rows = [(job, target_of(job.target).label) for job in jobs[:SHOWN_ROWS]]
    return render(request, "imports/list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, target: str) -> HttpResponse:
    goal = services.require_target(request.actor, target)
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = services.stage_file(
                actor=request.actor,
                target_key=target,
                file_name=file.name,
                file=file.file,
                size=file.size,
            )
            return redirect("imports:job", job_id=job.pk)
        except CrmError as error:
            form.add_error("file", str(error))
    status = 422 if form.errors else 200
    context = {"form": form, "target": goal, "steps": _steps(0)}
    return render(request, "imports/upload.html", context, status=status)


def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """The step the import stands at; also the fragment that is asked for while it works."""
    found = services.own_job(request.actor, job_id)
    if found.state == State.UPLOADED or ("map" in request.GET and found.state == State.CHECKED):
        return _mapping_page(request, found, MappingForm(job=found, target=target_of(found.target)))
    is_under_way = found.state in (State.CHECKING, State.RUNNING, State.UNDOING)
    context = _context(found) | {"is_under_way": is_under_way}
    if is_under_way:
        template = "imports/_progress.html" if request.htmx else "imports/job.html"
        return render(request, template, context)
    if request.htmx:  # it was watched until now: the result is a page, not a part of one
        return HttpResponseClientRefresh()
    context["not_undone"] = not_undone(request, found.undo)
    return render(request, "imports/job.html", context | _verdicts(request, found))


def _context(found: ImportJob) -> dict[str, Any]:
    return {
        "job": found,
        "target": target_of(found.target),
        "steps": _steps(STEPS[State(found.state)]),
    }


def _steps(current: int) -> list[tuple[str, str]]:
    names = [_("Upload"), _("Map columns"), _("Dry run"), _("Run"), _("Result")]
    return [
        (name, "now" if index == current else "done" if index < current else "ahead")
        for index, name in enumerate(names)
    ]


VERDICT_ICONS = {
    services.Verdict.NEW: "plus",
    services.Verdict.UPDATE: "pencil",
    services.Verdict.SAME: "equal",
    services.Verdict.DUPLICATE: "copy",
    services.Verdict.ERROR: "circle-alert",
}


def _verdicts(request: HttpRequest, found: ImportJob) -> dict[str, Any]:
    wanted = request.GET.get("verdict", "")
    rows = found.rows.order_by("line")
    if wanted in services.Verdict.values and wanted:
        rows = rows.filter(verdict=wanted)
    counts = services.verdict_counts(found)
    return {
        "counts": [(v, VERDICT_ICONS[v], v.label, counts[v]) for v in services.Verdict if v],
        "writable": counts["new"] + counts["update"],
        "left_out": counts["error"] + counts["duplicate"],
        "findings": findings(request.actor, found),
        "rows": rows[:SHOWN_ROWS],
        "wanted": wanted,
        "shown_rows": SHOWN_ROWS,
        "was_checked": not counts[services.Verdict.WAITING],
    }


def _mapping_page(
    request: HttpRequest, found: ImportJob, form: MappingForm, status: int = 200
) -> HttpResponse:
    context = _context(found) | {"form": form, "steps": _steps(1)}
    return render(request, "imports/map.html", context, status=status)


@require_POST
def save_mapping(request: HttpRequest, job_id: int) -> HttpResponse:
    found = services.own_job(request.actor, job_id)
    form = MappingForm(request.POST, job=found, target=target_of(found.target))
    if form.is_valid():
        try:
            services.map_columns(
                actor=request.actor,
                job_id=job_id,
                mapping=form.mapping(),
                options=form.options(),
            )
            enqueue_import(services.request_check(actor=request.actor, job_id=job_id))
            return redirect("imports:job", job_id=job_id)
        except CrmError as error:
            form.add_error(None, str(error))
    return _mapping_page(request, found, form, status=422)


@require_POST
def save_value(request: HttpRequest, job_id: int) -> HttpResponse:
    """Replaces a value of a column and tries the import out again."""
    found = services.own_job(request.actor, job_id)
    form = ValueForm(request.POST)
    if form.is_valid() and form.cleaned_data["column"] in found.mapping:
        mapping = {column: dict(entry) for column, entry in found.mapping.items()}
        entry = mapping[form.cleaned_data["column"]]
        replaced = {form.cleaned_data["text"]: form.cleaned_data["replacement"]}
        entry["values"] = {**entry.get("values", {}), **replaced}
        return _try(request, job_id, mapping=mapping, options=found.options)
    messages.error(request, _("Say what to use instead."))
    return redirect("imports:job", job_id=job_id)


def _try(request: HttpRequest, job_id: int, **mapped: Any) -> HttpResponse:
    try:
        services.map_columns(actor=request.actor, job_id=job_id, **mapped)
        enqueue_import(services.request_check(actor=request.actor, job_id=job_id))
    except RuleViolation as error:
        messages.error(request, str(error))
    return redirect("imports:job", job_id=job_id)


@require_POST
def check(request: HttpRequest, job_id: int) -> HttpResponse:
    return _request(request, job_id, services.request_check)


@require_POST
def run(request: HttpRequest, job_id: int) -> HttpResponse:
    return _request(request, job_id, services.request_run)


def _request(request: HttpRequest, job_id: int, ask: Any) -> HttpResponse:
    try:
        enqueue_import(ask(actor=request.actor, job_id=job_id))
    except RuleViolation as error:
        messages.error(request, str(error))
    return redirect("imports:job", job_id=job_id)


@require_POST
def undo(request: HttpRequest, job_id: int) -> HttpResponse:
    try:
        found = services.undo_import(actor=request.actor, job_id=job_id)
        if found.undo is not None:
            enqueue_undo(found.undo)
        else:
            messages.success(request, _("The import was taken back."))
    except RuleViolation as error:
        messages.error(request, str(error))
    return redirect("imports:job", job_id=job_id)


def repair(request: HttpRequest, job_id: int) -> StreamingHttpResponse:
    found = services.own_job(request.actor, job_id)
    response = StreamingHttpResponse(repair_file(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{found.pk}-repair.csv"'
    return response
