"""The page on which a person decides what becomes of a lead."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import labels
from crm.errors import AccessDenied, Busy, CrmError, NotVisible, StaleVersion
from crm.models import Activity
from crm.models.levels import Privilege
from crm.pages.conflict import conflict_context
from crm.records.lists.tables import bind
from crm.records.running import run, say
from crm.registry.declaration import Column, RecordType
from crm.registry.links import record_url
from leads.forms import OTHER, QualifyForm
from leads.models import Lead
from leads.plans import Choice, Plan
from leads.previews import preview
from leads.services import qualify_lead
from leads.suggestions import default_plan, suggest
from opportunities.models import Opportunity

SHOWN = (
    "topic",
    "full_name",
    "job_title",
    "company",
    "email",
    "phone",
    "mobile",
    "city",
    "country",
    "budget_amount",
    "timeframe",
    "source",
    "rating",
)
TILES = ("account", "contact", "opportunity")


def qualify(request: HttpRequest, record_type: RecordType, lead: Lead) -> HttpResponse:
    """Shows the decision (a GET with answers shows their consequences) and carries it out."""
    if not request.actor.allows(Privilege.WRITE, lead):
        raise AccessDenied(_("Your roles do not allow this here."))
    if lead.state == Lead.State.QUALIFIED:
        return _already(request, lead)
    form = None
    if request.method == "POST":
        form = QualifyForm(request.POST, actor=request.actor, lead=lead)
        if form.is_valid():
            try:
                return _carry_out(request, lead, form)
            except CrmError as error:
                return _decision(request, record_type, lead, form, refusal=error)
    return _decision(request, record_type, lead, form)


def _decision(
    request: HttpRequest,
    record_type: RecordType,
    lead: Lead,
    form: QualifyForm | None,
    *,
    refusal: CrmError | None = None,
) -> HttpResponse:
    """The page: what was answered, else what we propose; after a refusal with its sentence."""
    seen = request.POST.get("version", "")
    if form is not None and refusal is not None:
        _show(form, lead, refusal)
    found = suggest(request.actor, lead)
    proposed = default_plan(lead, found)
    form = form or _form(request, lead, proposed)
    plan = _plan(form, proposed)
    context = _page(request, record_type, lead, form) | {
        "parts": [_part(key, lead, form, found[key]) for key in TILES],
        "creates": plan.count(Choice.CREATE),
        "uses": plan.count(Choice.USE),
        # The page does not wait for it: it is asked for with the answers that are proposed.
        "preview": preview(request.actor, lead, plan) if form.is_bound else None,
    }
    status = 422 if request.method == "POST" else 200
    if isinstance(refusal, StaleVersion | Busy):
        status = refusal.status
    if isinstance(refusal, StaleVersion):
        context |= conflict_context(request, lead, seen, refusal)
    return render(request, "leads/qualify.html", context, status=status)


def _show(form: QualifyForm, lead: Lead, refusal: CrmError) -> None:
    if isinstance(refusal, AccessDenied | NotVisible):
        form.add_error(None, str(refusal))
        return
    if not isinstance(refusal, StaleVersion):
        form.show_error(refusal)
    _renew(form, lead)


def _form(request: HttpRequest, lead: Lead, proposed: Plan) -> QualifyForm:
    data = request.GET if "account" in request.GET else None
    initial = QualifyForm.initial_for(lead, proposed)
    return QualifyForm(data, initial=initial, actor=request.actor, lead=lead)


def _carry_out(request: HttpRequest, lead: Lead, form: QualifyForm) -> HttpResponse:
    """Qualifies as the form says. Raises what `qualify_lead` raises."""
    result, operation_id = run(
        actor=request.actor,
        service=qualify_lead,
        lead_id=lead.pk,
        version=form.cleaned_data["version"],
        plan=form.plan,
    )
    if result.is_repeat:
        return _already(request, result.lead)
    say(request, _made(len(result.created)), operation_id)
    return redirect(record_url(result.opportunity or result.contact or result.account or lead))


def _made(count: int) -> str:
    told = ngettext(
        "Qualified: %(count)s record created.", "Qualified: %(count)s records created.", count
    )
    return told % {"count": count}


def _renew(form: QualifyForm, lead: Lead) -> None:
    """After a refusal the reader sees the lead as it is now, and may post again."""
    lead.refresh_from_db()
    form.data = {**dict(form.data.items()), "version": str(lead.version)}


def _already(request: HttpRequest, lead: Lead) -> HttpResponse:
    """Somebody was faster: the reader lands where the first one did."""
    messages.info(
        request, labels.with_names(_("This %(type)s has been qualified already."), "lead")
    )
    deals = Opportunity.objects.visible_to(request.actor)
    deal = deals.filter(pk=lead.opportunity_id).first() if lead.opportunity_id else None
    return redirect(record_url(deal or lead))


def _plan(form: QualifyForm, proposed: Plan) -> Plan:
    """What is chosen; what we propose as long as the answers make no plan."""
    if form.is_bound:
        form.is_valid()
        if all(form.cleaned_data.get(key) for key in TILES):
            return form.plan
    return proposed


def _page(
    request: HttpRequest, record_type: RecordType, lead: Lead, form: QualifyForm
) -> dict[str, Any]:
    fields = bind(record_type, [Column(name=name) for name in SHOWN])
    notes = Activity.objects.alive().regarding(lead).filter(kind=Activity.Kind.NOTE)
    return {
        "type": record_type,
        "record": lead,
        "form": form,
        "deal_fields": [form[name] for name in ("name", "est_close_on", "estimated_revenue")],
        "fields": [
            (field.label, html) for field in fields if (html := field.html(lead, request.actor))
        ],
        "note": notes.order_by("-happened_at").first(),
    }


def _part(key: str, lead: Lead, form: QualifyForm, candidates: Any) -> dict[str, Any]:
    """One fieldset: what may be answered, and which answer stands."""
    answer = form[key].value() or ""
    names = {"account": lead.company, "contact": lead.full_name, "opportunity": "-"}
    known = {candidate.value for candidate in candidates}
    return {
        "key": key,
        "answer": answer,
        "candidates": candidates,
        "may_create": bool(lead.last_name if key == "contact" else names[key]),
        "title": "" if key == "opportunity" else names[key],
        "other": form[f"{key}_other"],
        "is_other": answer == OTHER or (answer.startswith(Choice.USE) and answer not in known),
        "first": candidates[0].value if candidates else OTHER,
        "errors": [*form[key].errors, *form[f"{key}_other"].errors],
    }
