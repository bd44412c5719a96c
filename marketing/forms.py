from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import labels
from crm.access.actor import Actor
from crm.models import Principal
from crm.records.forms import ActionForm, RecordForm
from crm.records.lists.lookups import RecordChoiceField, RecordMultipleChoiceField
from crm.registry.registry import registry
from marketing.models import Campaign, CampaignActivity, CampaignResponse, MarketingList
from marketing.models.activity import MAX_RATE

LONG = {"rows": 3}


class MarketingListForm(RecordForm):
    class Meta:
        model = MarketingList
        fields = (
            "name",
            "member_type",
            "purpose",
            "source",
            "cost",
            "currency",
            "description",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs=LONG)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "member_type" in self.fields:
            self.fields["member_type"].disabled = True


class CampaignForm(RecordForm):
    class Meta:
        model = Campaign
        fields = (
            "name",
            "kind",
            "proposed_start_on",
            "proposed_end_on",
            "actual_start_on",
            "actual_end_on",
            "budget",
            "misc_costs",
            "estimated_revenue",
            "currency",
            "expected_response",
            "offer",
            "description",
            "owner",
        )
        widgets = {name: forms.Textarea(attrs=LONG) for name in ("offer", "description")}


class CampaignActivityForm(RecordForm):
    class Meta:
        model = CampaignActivity
        fields = (
            "name",
            "campaign",
            "channel",
            "scheduled_start_on",
            "scheduled_end_on",
            "budget",
            "actual_cost",
            "currency",
            "description",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs=LONG)}


class CampaignResponseForm(RecordForm):
    class Meta:
        model = CampaignResponse
        fields = (
            "subject",
            "campaign",
            "activity",
            "code",
            "channel",
            "received_on",
            "contact",
            "account",
            "first_name",
            "last_name",
            "company",
            "email",
            "phone",
            "description",
            "owner",
        )
        widgets = {"description": forms.Textarea(attrs=LONG)}


class AddMemberForm(ActionForm):
    """Which record goes on the list; only records of the list's type can be chosen."""

    def __init__(self, *args: Any, actor: Actor, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, record=record, **kwargs)
        self.fields["member"] = RecordChoiceField(
            model=registry.get(record.member_type).model,
            actor=actor,
            label=labels.singular(record.member_type),
        )


class AddListForm(ActionForm):
    """Which list a campaign addresses."""

    marketing_list = RecordChoiceField(
        model=MarketingList, label=labels.singular_lazy("marketinglist")
    )


class AddToListForm(forms.Form):
    """The list that chosen records are put on: one of their type that is not locked."""

    def __init__(self, *args: Any, actor: Actor, member_type: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member_type = member_type
        self.fields["marketing_list"] = RecordChoiceField(
            model=MarketingList,
            actor=actor,
            label=labels.singular("marketinglist"),
        )

    def clean_marketing_list(self) -> MarketingList:
        chosen: MarketingList = self.cleaned_data["marketing_list"]
        if chosen.member_type != self.member_type:
            told = _("This list holds %(types)s only.")
            raise forms.ValidationError(labels.with_names(told, chosen.member_type))
        return chosen


class ConvertForm(ActionForm):
    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=200)
    owner = RecordChoiceField(model=Principal, label=gettext_lazy("Owner"))

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"topic": record.subject, "owner": record.owner_id}


class AudienceForm(forms.Form):
    """Whom a mailing goes to."""

    def __init__(
        self, *args: Any, actor: Actor, chosen: list[MarketingList], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {
            "lists": RecordMultipleChoiceField(
                model=MarketingList,
                actor=actor,
                current=chosen,
                initial=chosen,
                label=labels.plural("marketinglist"),
            ),
            **self.fields,
        }

    quiet_days = forms.IntegerField(
        label=gettext_lazy("Leave out who got a mailing in the last days"),
        min_value=0,
        max_value=365,
        initial=0,
        help_text=gettext_lazy("0 leaves nobody out for this."),
    )


class ContentForm(forms.Form):
    """What a mailing says. Checked again by the service, under the lock.

    A draft may miss anything; what launching needs is not called optional.
    """

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200, required=False)
    message = forms.CharField(
        label=gettext_lazy("Message"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy("Write text; an empty line begins a paragraph. HTML works as well."),
    )
    plain_text = forms.CharField(
        label=gettext_lazy("Plain text"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("For readers without HTML. Left empty, it is made of the message."),
    )
    sender_name = forms.CharField(label=gettext_lazy("Sender"), max_length=120, required=False)
    sender_email = forms.EmailField(label=gettext_lazy("Sender's address"), required=False)
    reply_to = forms.EmailField(
        label=gettext_lazy("Answers go to"),
        required=False,
        help_text=gettext_lazy("Left empty, they go to the sender's address."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the frame"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Why one gets the mail, and how to unsubscribe."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("subject", "message", "sender_name", "sender_email"):
            self.fields[name].is_needed_later = True

    show_error = RecordForm.show_error


class RateForm(ActionForm):
    rate_per_minute = forms.IntegerField(
        label=gettext_lazy("Mails a minute, at most"), min_value=1, max_value=MAX_RATE
    )

    @classmethod
    def initial_for(cls, actor: Actor, record: Any) -> dict[str, Any]:
        return {"rate_per_minute": record.rate_per_minute}
