"""What cases add to the kernel beside their record types."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from cases import notification_kinds
from cases.events import CaseReactivated
from cases.models import QueueItem
from cases.panels import cases_to_look_at
from cases.services import give_back, note_first_response
from cases.verbs import PLACED, VERBS
from crm import labels
from crm.access.routes import Policy
from crm.activities.events import ActivityLogged
from crm.extensions.declaration import App
from crm.frame.app_urls import AppUrls
from crm.frame.frame import Page
from crm.records.merging.pointers import LinkOnMerge, OnMerge
from crm.today.blocks import Block

named = lazy(labels.with_names, str)

APP = App(
    verbs=VERBS,
    undoers=dict.fromkeys(PLACED, give_back),
    subscriptions=(
        (ActivityLogged, note_first_response),
        (CaseReactivated, notification_kinds.notify_owner),
    ),
    kinds=notification_kinds.KINDS,
    pages=(
        Page(
            area="service",
            group="service",
            label=named(_("%(Type)s desk"), "case"),
            icon="headset",
            url_name="desk:home",
            order=5,
            reads="case",
        ),
    ),
    blocks=(
        Block(
            key="cases",
            label=labels.plural_lazy("case"),
            icon="life-buoy",
            template="cases/today.html",
            load=cases_to_look_at,
            order=30,
        ),
    ),
    urls=(AppUrls(prefix="case-queue/", module="cases.urls", policies={"desk:*": Policy.READ}),),
    # A merged case waits for nobody any more.
    links_on_merge=(LinkOnMerge(model=QueueItem, name="case", on_merge=OnMerge.GOES),),
)
