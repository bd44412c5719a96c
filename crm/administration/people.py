"""What administrators do for people: hand over their records, take a lost second factor away."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crm import labels
from crm.administration.handover import hand_over, owned_by
from crm.administration.services import remove_second_factor
from crm.errors import CrmError
from crm.models import Principal, User
from crm.records.bulk.tasks import enqueue_job
from crm.records.lists.lookups import RecordChoiceField
from crm.records.running import run, say


class HandOverForm(forms.Form):
    """Who gets the records, and of which types."""

    owner = RecordChoiceField(model=Principal, label=gettext_lazy("New owner"))
    types = forms.MultipleChoiceField(
        label=gettext_lazy("What is handed over"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Any, owned: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].use_actor(actor)  # type: ignore[attr-defined]
        self.fields["types"].choices = [  # type: ignore[attr-defined]
            (one.record_type.key, f"{labels.plural(one.record_type.key)} ({one.count})")
            for one in owned
        ]
        self.initial["types"] = [one.record_type.key for one in owned]


@require_http_methods(["GET", "POST"])
def hand_over_records(request: HttpRequest, user_id: int) -> HttpResponse:
    """The records of one user to another; a worker does it."""
    request.actor.require_administrator()
    user = get_object_or_404(User, pk=user_id)
    owned = owned_by(user.pk)
    form = HandOverForm(request.POST or None, actor=request.actor, owned=owned)
    if request.method == "POST" and form.is_valid() and _begin(request, user, form):
        return redirect("jobs:list")
    context = {"user": user, "owned": owned, "form": form}
    status = 422 if form.errors else 200
    return render(request, "administration/hand_over.html", context, status=status)


def _begin(request: HttpRequest, user: User, form: HandOverForm) -> bool:
    try:
        jobs = hand_over(
            actor=request.actor,
            principal_id=user.pk,
            owner_id=form.cleaned_data["owner"].pk,
            type_keys=form.cleaned_data["types"],
        )
    except CrmError as error:
        form.add_error("owner", str(error))
        return False
    for job in jobs:
        enqueue_job(job)
    return True


@require_http_methods(["GET", "POST"])
def remove_factor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Lets somebody who lost their second factor sign in by password and set up a new one."""
    request.actor.require_administrator()
    user = get_object_or_404(User, pk=user_id)
    if request.method == "POST":
        run(actor=request.actor, service=remove_second_factor, user_id=user.pk)
        say(request, _("%(user)s signs in without a second factor now.") % {"user": user})
        return redirect("admin:crm_user_change", user.pk)
    held = Authenticator.objects.filter(user_id=user.pk).count()
    return render(request, "administration/remove_factor.html", {"user": user, "held": held})
