from django.apps import AppConfig


class MarketingConfig(AppConfig):
    """Lists, campaigns and mailings. Wakes workers when a mailing has something to send."""

    name = "marketing"
    label = "marketing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from crm.access.routes import Policy
        from crm.frame.app_urls import add_urls
        from crm.frame.settings_pages import SettingsPage, add_settings_page
        from crm.journal.sentences import add_verbs
        from crm.notifications.kinds import add_kinds
        from crm.operations import subscribe
        from crm.records.history.undo import add_undoer
        from crm.records.merging.pointers import OnMerge, Pointer, add_pointer
        from crm.registry.events import RecordsErased
        from marketing import notification_kinds
        from marketing.events import (
            CampaignSuspended,
            MailingCompleted,
            MailingInTrouble,
            MailingLaunched,
            MailingResumed,
        )
        from marketing.models import ListMember, Recipient
        from marketing.services import campaigns, lists, mailing
        from marketing.tasks import enqueue_mailing
        from marketing.verbs import VERBS

        add_verbs(VERBS)
        add_undoer("members_added", lists.undo_adding)
        add_undoer("members_removed", lists.undo_removing)
        add_undoer("list_added", campaigns.undo_adding_list)
        add_undoer("list_removed", campaigns.undo_removing_list)
        add_pointer(Pointer(model=ListMember, name="member_id", type_field="member_type"))
        # Who got a mailing as two records got it twice, and the sums must say so.
        add_pointer(
            Pointer(
                model=Recipient,
                name="record_id",
                type_field="record_type",
                on_duplicate=OnMerge.STAYS,
            )
        )
        # By a signed, purpose-bound token.
        add_urls("", "marketing.urls", {"marketing:unsubscribe*": Policy.PUBLIC})
        add_settings_page(
            SettingsPage(
                label=_("Blocked addresses"),
                note=_("Who gets no mailings, whatever the records say"),
                icon="mail-x",
                url_name="admin:marketing_suppression_changelist",
                group="records",
                order=60,
            )
        )
        subscribe(RecordsErased, lists.remove_erased_members)
        add_kinds(*notification_kinds.KINDS)
        subscribe(MailingCompleted, notification_kinds.notify_of_end)
        subscribe(MailingInTrouble, notification_kinds.notify_of_trouble)
        subscribe(CampaignSuspended, mailing.pause_mailings_of)
        subscribe(MailingLaunched, enqueue_mailing)
        subscribe(MailingResumed, enqueue_mailing)
