"""The verbs of a record: a dialog that asks what is needed, then the service."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm import labels
from crm.errors import CrmError, NotVisible, StaleVersion
from crm.models import Record
from crm.pages.conflict import conflict_context
from crm.pages.loading import load
from crm.records.forms import as_sent
from crm.records.history.consequences import Consequences, rehearse
from crm.records.running import go, next_url, run, say, version_for
from crm.registry.declaration import Action, RecordType
from crm.registry.links import record_url


@require_http_methods(["GET", "POST"])
def do_action(
    request: HttpRequest, record_type: RecordType, record_id: int, action: str
) -> HttpResponse:
    found = next((one for one in record_type.actions if one.key == action), None)
    if found is None:
        raise Http404
    record = load(request, record_type, record_id)
    request.actor.require(found.privilege, record)
    if found.view:
        try:
            return import_string(found.view)(request, record_type, record)
        except StaleVersion as conflict:
            return conflict_dialog(request, record_type, found, record_id, conflict)
    if request.method == "POST":
        return _perform(request, record_type, found, record)
    return dialog(request, record_type, found, record, form=_new_form(request, found, record))


def _new_form(request: HttpRequest, action: Action, record: Any) -> Any:
    if not action.form:
        return None
    form_class = import_string(action.form)
    given = {name: request.GET[name] for name in form_class.base_fields if name in request.GET}
    initial = form_class.initial_for(request.actor, record) | given
    return form_class(actor=request.actor, record=record, initial=initial)


def _perform(
    request: HttpRequest, record_type: RecordType, action: Action, record: Any
) -> HttpResponse:
    form = None
    if action.form:
        form_class = import_string(action.form)
        form = form_class(request.POST, request.FILES, actor=request.actor, record=record)
    if "foresee" in request.POST or (form is not None and not form.is_valid()):
        return dialog(request, record_type, action, record, form=form)
    try:
        result, operation_id = run(
            actor=request.actor,
            service=import_string(action.service),
            record_id=record.pk,
            **version_for(import_string(action.service), request.POST.get("version", "")),
            **(form.cleaned_data if form is not None else {}),
        )
    except NotVisible:
        raise
    except StaleVersion as conflict:
        return conflict_dialog(request, record_type, action, record.pk, conflict, form=form)
    except CrmError as error:
        if form is not None:
            form.show_error(error)
        return dialog(request, record_type, action, record, form=form, refusal=error)
    done = labels.with_names(action.done, record_type.key) if action.done else _("Done.")
    say(request, done, operation_id)
    if request.POST.get("next"):
        return redirect(next_url(request, record_url(record)))
    return go(request, record_url(result if isinstance(result, Record) else record))


def conflict_dialog(
    request: HttpRequest,
    record_type: RecordType,
    action: Action,
    record_id: int,
    conflict: StaleVersion,
    *,
    form: Any = None,
) -> HttpResponse:
    """The dialog of a verb refused as stale: who changed what, and the button to do it anyway.

    What was posted besides the form's fields is posted once more with it, so this serves verbs of
    any address. Of a fragment's request it takes the place of the page's main part.
    """
    now = load(request, record_type, record_id)
    more = conflict_context(request, now, request.POST.get("version", ""), conflict)
    names = {"csrfmiddlewaretoken", "version", *(form.fields if form is not None else ())}
    more["carried"] = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in names
        for value in values
    ]
    response = dialog(request, record_type, action, now, form=form, refusal=conflict, **more)
    if request.htmx and "panel" not in request.GET:
        response["HX-Retarget"] = response["HX-Reselect"] = "#main"
        response["HX-Reswap"] = "outerHTML show:top"
    return response


def dialog(
    request: HttpRequest,
    record_type: RecordType,
    action: Action,
    record: Any,
    *,
    form: Any = None,
    refusal: CrmError | None = None,
    **more: Any,
) -> HttpResponse:
    """The dialog of a verb, with what it would do as far as it has been answered."""
    reason = action.refusal(request.actor, record) if action.refusal else None
    is_bound = form is not None and form.is_bound
    context = {
        "type": record_type,
        "record": record,
        "action": action,
        "title": labels.with_names(action.label, record_type.key),
        "consequences": None
        if reason or not action.service or (refusal and "conflict" not in more)
        else _consequences(request, action, record, form),
        "form": form,
        "refusal": reason or (None if is_bound or "conflict" in more else refusal),
        "is_possible": not reason,
        "version": request.POST.get("version", record.version),
        **more,
    }
    template = "records/_action.html" if request.GET.get("panel") else "records/action.html"
    is_asked = request.method == "POST" and "foresee" not in request.POST
    status = refusal.status if refusal else 422 if is_bound and is_asked else 200
    return render(request, template, context, status=status)


def _consequences(
    request: HttpRequest, action: Action, record: Any, form: Any
) -> Consequences | None:
    """What the service would do with the answers given so far; None while these say too little."""
    if form is not None and not form.is_bound:
        form = type(form)(as_sent(form), actor=request.actor, record=record)
    if form is not None and not form.is_valid():
        return None
    service = import_string(action.service)
    seen = request.POST.get("version", "") if "foresee" in request.POST else str(record.version)
    _result, consequences = rehearse(
        actor=request.actor,
        service=service,
        record_id=record.pk,
        **version_for(service, seen),
        **(form.cleaned_data if form is not None else {}),
    )
    return consequences
