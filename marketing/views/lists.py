"""Members of a list: all of them, taking some off, putting chosen records on."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crm.errors import CrmError
from crm.models import Record
from crm.records.running import go, number_of, run, say
from crm.registry.declaration import RecordType
from crm.registry.links import action_url, list_url, record_url
from crm.registry.registry import registry
from marketing.forms import AddToListForm
from marketing.models import Campaign, MarketingList
from marketing.panels import count_members, may_change, members_of
from marketing.services import add_members, remove_list, remove_members

PAGE = 100
LAST_PAGE = 100_000


@require_GET
def members(request: HttpRequest, record_type: RecordType, record: MarketingList) -> HttpResponse:
    """Everybody on the list, by name or by a word."""
    words = request.GET.get("q", "")[:200]
    page = min(number_of(request.GET.get("page", "")) or 1, LAST_PAGE)
    order = registry.get(record.member_type).title
    rows = members_of(request.actor, record).matching(words).order_by(order, "pk")
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "type": record_type,
        "record": record,
        "members": found[:PAGE],
        "total": count_members(request.actor, record),
        "words": words,
        "page": page,
        "next_page": page + 1 if len(found) > PAGE else None,
        "may_change": may_change(request.actor, record),
    }
    return render(request, "marketing/members.html", context)


@require_POST
def remove(request: HttpRequest, record_type: RecordType, record: MarketingList) -> HttpResponse:
    chosen = [int(one) for one in request.POST.getlist("ids") if number_of(one) is not None]
    count, operation_id = run(
        actor=request.actor,
        service=remove_members,
        list_id=record.pk,
        member_ids=chosen,
        version=number_of(request.POST.get("version", "")),
    )
    told = ngettext("Removed %(count)s member.", "Removed %(count)s members.", count)
    say(request, told % {"count": count}, operation_id)
    if request.POST.get("from") == "all":
        return go(request, action_url(record, "members"))
    return go(request, f"{record_url(record)}?tab=members")


@require_POST
def remove_from_campaign(
    request: HttpRequest, record_type: RecordType, record: Campaign
) -> HttpResponse:
    list_id = number_of(request.POST.get("list", ""))
    if list_id is None:
        raise Http404
    _campaign, operation_id = run(
        actor=request.actor,
        service=remove_list,
        record_id=record.pk,
        list_id=list_id,
        version=number_of(request.POST.get("version", "")),
    )
    say(request, _("Removed."), operation_id)
    return go(request, record_url(record))


def add_chosen(
    request: HttpRequest, record_type: RecordType, chosen: Record | list[int]
) -> HttpResponse:
    """Puts one record (from its page) or many (from a list) on a marketing list."""
    is_many = isinstance(chosen, list)
    ids = chosen if isinstance(chosen, list) else [chosen.pk]
    asked = request.method == "POST" and (not is_many or "do" in request.POST)
    form = AddToListForm(
        request.POST if asked else None, actor=request.actor, member_type=record_type.key
    )
    back = _back(request, record_type) if isinstance(chosen, list) else record_url(chosen)
    if asked and form.is_valid():
        answer = _add(request, record_type, ids, form, back)
        if answer is not None:
            return answer
    context = {
        "type": record_type,
        "ids": ids if is_many else [],
        "record": None if is_many else chosen,
        "form": form,
        "back": back,
        "query": request.POST.get("query", ""),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "marketing/add_to_list.html", context, status=status)


def _add(
    request: HttpRequest, record_type: RecordType, ids: list[int], form: Any, back: str
) -> HttpResponse | None:
    found = form.cleaned_data["marketing_list"]
    try:
        count, operation_id = run(
            actor=request.actor,
            service=add_members,
            list_id=found.pk,
            member_type=record_type.key,
            member_ids=ids,
        )
    except CrmError as error:
        form.add_error(None, str(error))
        return None
    told = ngettext("%(count)s added to “%(list)s”.", "%(count)s added to “%(list)s”.", count)
    if not count:
        told = _("All of them are on “%(list)s” already.")
    say(request, told % {"count": count, "list": found}, operation_id)
    return redirect(back)


def _back(request: HttpRequest, record_type: RecordType) -> str:
    query = QueryDict(request.POST.get("query", "")).urlencode()
    return f"{list_url(record_type.key)}?{query}" if query else list_url(record_type.key)
