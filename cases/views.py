"""The page on which agents work through their queues."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases import services
from cases.desk import Desk, last_said, my_queues, my_shelves, open_desk, reply_to, side_panels
from cases.models import Case, Queue
from crm import labels
from crm.activities.forms import ComposerForm
from crm.errors import CrmError, StaleVersion
from crm.models import Activity
from crm.models.levels import Privilege
from crm.operations import current, operation
from crm.pages.action import conflict_dialog
from crm.records.running import number_of
from crm.registry.declaration import RecordType
from crm.registry.registry import registry


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where work is: my own first, then the first queue in which something waits."""
    request.actor.require_type(Privilege.READ, "case")
    mine, queues = my_shelves(request.actor), my_queues(request.actor)
    busy = next((one for one in (mine[0], *queues) if one.count), mine[0])
    return redirect(busy.url)


@require_GET
def shelf(request: HttpRequest, key: str) -> HttpResponse:
    return _page(request, key)


@require_GET
def queue(request: HttpRequest, queue_id: int) -> HttpResponse:
    return _page(request, str(queue_id))


def _page(request: HttpRequest, key: str) -> HttpResponse:
    request.actor.require_type(Privilege.READ, "case")
    case_id = request.GET.get("case", "")
    desk = open_desk(
        request.actor,
        key,
        case_id=int(case_id) if case_id.isdecimal() else None,
        is_taken=bool(request.GET.get("taken")),
    )
    if desk is None or (case_id and desk.chosen is None):
        raise Http404
    return render(request, "cases/desk/page.html", _context(request, desk))


def _context(request: HttpRequest, desk: Desk) -> dict[str, Any]:
    actor = request.actor
    context: dict[str, Any] = {
        "desk": desk,
        "actor": request.actor,
        "may_create": actor.can("case", Privilege.CREATE),
        "may_work": actor.can("case", Privilege.WRITE),
        "is_chosen": "case" in request.GET,
    }
    case = desk.chosen
    if case is None:
        return context
    may_write = actor.allows(Privilege.WRITE, case)
    return context | {
        "case": case,
        "type": registry.get("case"),
        "record": case,
        "said": last_said(case),
        "side_panels": side_panels(actor, case),
        "back": address(desk, case),
        "may_write": may_write,
        "is_mine": case.worker is not None and case.worker.pk in actor.principal_ids,
        "may_log": actor.can("activity", Privilege.CREATE)
        and actor.allows(Privilege.APPEND_TO, case),
        "kinds": [(Activity.Kind.EMAIL, _("Reply")), (Activity.Kind.NOTE, _("Internal note"))],
        "composer": _composer(reply_to(actor, case), case),
    }


def _composer(address_: str, case: Case) -> ComposerForm:
    return ComposerForm(
        initial={
            "kind": Activity.Kind.EMAIL if address_ else Activity.Kind.NOTE,
            "recipients": address_,
            "subject": f"Re: {case.title} [{case.number}]",
        }
    )


def address(desk: Desk, case: Case | None = None) -> str:
    """The page for this shelf with this case beside it."""
    wanted: dict[str, Any] = {"taken": 1} if desk.is_taken else {}
    if case is not None:
        wanted["case"] = case.pk
    return f"{desk.shelf.url}?{urlencode(wanted)}" if wanted else desk.shelf.url


@operation
def _run(*, actor: Any, service: Any, **values: Any) -> tuple[Any, str]:
    """The service's result and the operation's id, for the Undo of the toast."""
    return service(actor=actor, **values), str(current().id)


@require_POST
def next_in_queue(request: HttpRequest, queue_id: int) -> HttpResponse:
    """Takes the most urgent case of the queue and shows it among mine."""
    case, operation_id = _run(actor=request.actor, service=services.next_case, queue_id=queue_id)
    if case is None:
        messages.success(request, _("Nothing is waiting here. Well done."))
        return redirect("desk:queue", queue_id)
    messages.success(request, _taken(case), extra_tags=operation_id)
    return redirect(f"{reverse('desk:shelf', args=['working'])}?case={case.pk}")


@require_POST
def pick(request: HttpRequest, case_id: int) -> HttpResponse:
    try:
        case, operation_id = _run(
            actor=request.actor,
            service=services.pick_case,
            record_id=case_id,
            version=number_of(request.POST.get("version", "")),
        )
    except StaleVersion as conflict:
        return _conflict(request, "pick", case_id, conflict)
    except CrmError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
        return redirect("desk:home")
    messages.success(request, _taken(case), extra_tags=operation_id)
    return redirect(f"{reverse('desk:shelf', args=['working'])}?case={case.pk}")


def _taken(case: Case) -> str:
    return labels.with_names(_("This %(type)s is yours now."), "case")


@require_POST
def release(request: HttpRequest, case_id: int) -> HttpResponse:
    try:
        case, operation_id = _run(
            actor=request.actor,
            service=services.release_case,
            record_id=case_id,
            version=number_of(request.POST.get("version", "")),
        )
    except StaleVersion as conflict:
        return _conflict(request, "release", case_id, conflict)
    messages.success(request, _("Given back again."), extra_tags=operation_id)
    return redirect("desk:queue", case.queue_item.queue_id)


def _conflict(
    request: HttpRequest, verb: str, case_id: int, conflict: StaleVersion
) -> HttpResponse:
    record_type = registry.get("case")
    action = next(one for one in record_type.actions if one.key == verb)
    return conflict_dialog(request, record_type, action, case_id, conflict)


def work_in_queue(request: HttpRequest, record_type: RecordType, record: Queue) -> HttpResponse:
    return redirect("desk:queue", record.pk)
