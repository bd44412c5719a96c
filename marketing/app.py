"""What lists, campaigns and mailings add to the kernel beside their record types."""

from django.utils.translation import gettext_lazy as _

from crm.access.routes import Policy
from crm.extensions.declaration import App
from crm.frame.app_urls import AppUrls
from crm.frame.settings_pages import SettingsPage
from crm.records.merging.pointers import OnMerge, Pointer
from crm.registry.events import RecordsErased
from marketing import notification_kinds
from marketing.events import (
    CampaignSuspended,
    MailingCompleted,
    MailingInTrouble,
    MailingLaunched,
    MailingResumed,
)
from marketing.measures import MEASURES
from marketing.models import ListMember, Recipient
from marketing.services import campaigns, lists, mailing
from marketing.tasks import enqueue_mailing
from marketing.verbs import VERBS

APP = App(
    verbs=VERBS,
    undoers={
        "members_added": lists.undo_adding,
        "members_removed": lists.undo_removing,
        "list_added": campaigns.undo_adding_list,
        "list_removed": campaigns.undo_removing_list,
    },
    subscriptions=(
        (RecordsErased, lists.remove_erased_members),
        (MailingCompleted, notification_kinds.notify_of_end),
        (MailingInTrouble, notification_kinds.notify_of_trouble),
        (CampaignSuspended, mailing.pause_mailings_of),
        (MailingLaunched, enqueue_mailing),
        (MailingResumed, enqueue_mailing),
    ),
    kinds=notification_kinds.KINDS,
    measures=MEASURES,
    settings_pages=(
        SettingsPage(
            label=_("Blocked addresses"),
            note=_("Who gets no mailings, whatever the records say"),
            icon="mail-x",
            url_name="admin:marketing_suppression_changelist",
            group="records",
            order=60,
        ),
    ),
    # Signed out, by a signed, purpose-bound token.
    urls=(
        AppUrls(
            prefix="",
            module="marketing.urls",
            policies={"marketing:unsubscribe*": Policy.PUBLIC},
        ),
    ),
    pointers=(
        Pointer(model=ListMember, name="member_id", type_field="member_type"),
        # Who got a mailing as two records got it twice, and the sums must say so.
        Pointer(
            model=Recipient,
            name="record_id",
            type_field="record_type",
            on_duplicate=OnMerge.STAYS,
        ),
    ),
)
