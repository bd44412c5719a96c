from django.utils.translation import gettext_lazy as _

from crm.labels import singular_lazy
from crm.registry.declaration import (
    Action,
    Area,
    Chart,
    Colour,
    Column,
    ColumnKind,
    Group,
    NamedView,
    Panel,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
    Tone,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records
from marketing.models import CampaignResponse
from marketing.panels import became
from marketing.services.saving import keep_response, prepare_response

State = CampaignResponse.State


registry.register(
    RecordType(
        model=CampaignResponse,
        slug="responses",
        icon="message-square-reply",
        colour=Colour.CAMPAIGN,
        title="subject",
        places=(Place(area=Area.MARKETING, group=Group.MARKETING, order=40),),
        form="marketing.forms.CampaignResponseForm",
        subtitle=("who", "campaign"),
        status=Status(
            field="state",
            tones={
                "open": (Tone.ACCENT, "circle-dot"),
                "closed": (Tone.GOOD, "circle-check"),
                "canceled": (Tone.NEUTRAL, "ban"),
            },
            closed=frozenset({"closed", "canceled"}),
        ),
        key_fields=(
            Column(name="code"),
            Column(name="campaign"),
            Column(name="channel"),
            Column(name="received_on"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="main",
                label=_("Main facts"),
                fields=(
                    "subject",
                    "campaign",
                    "activity",
                    "code",
                    "channel",
                    "received_on",
                    "owner",
                ),
                is_quick=True,
            ),
            Section(
                key="who",
                label=_("Who answered"),
                fields=(
                    "contact",
                    "account",
                    "first_name",
                    "last_name",
                    "company",
                    "email",
                    "phone",
                ),
                is_quick=True,
            ),
            Section(key="text", label=_("Description"), fields=("description",)),
        ),
        columns=(
            Column(name="subject", kind=ColumnKind.LINK),
            Column(
                name="who",
                label=_("From"),
                related=("contact", "account"),
                reads=("contact", "account", "first_name", "last_name", "company", "email"),
            ),
            Column(name="campaign", is_wide_only=True),
            Column(name="code"),
            Column(name="channel", is_wide_only=True),
            Column(name="received_on"),
            Column(name="state", kind=ColumnKind.PILL),
            Column(name="email", is_default=False),
            Column(name="owner"),
            Column(name="modified_at", is_default=False),
        ),
        views=(
            NamedView(
                key="open",
                label=_("Open"),
                select=lambda rows, actor: rows.open(),
                sort="-received_on",
                is_default=True,
            ),
            NamedView(
                key="interested",
                label=_("Open and interested"),
                select=lambda rows, actor: rows.open().interested(),
                sort="-received_on",
            ),
            NamedView(
                key="closed",
                label=_("Closed"),
                select=lambda rows, actor: rows.closed(),
            ),
            all_records(),
        ),
        filters=(
            "campaign",
            "activity",
            "code",
            "channel",
            "state",
            "received_on",
            "contact",
            "account",
            "owner",
        ),
        charts=(
            Chart(key="campaign", by="campaign"),
            Chart(key="channel", by="channel", label=_("%(Types)s by channel")),
            Chart(key="state", by="state", keeps_order=True),
            Chart(key="received", by="received_on"),
        ),
        actions=(
            Action(
                key="convert",
                label=_("Convert"),
                icon="sparkles",
                service="marketing.services.convert_response",
                form="marketing.forms.ConvertForm",
                is_primary=True,
                states=(State.OPEN,),
                done=_("Converted. It carries where it came from."),
                order=10,
            ),
            Action(
                key="close",
                label=_("Close"),
                icon="circle-check",
                service="marketing.services.close_response",
                states=(State.OPEN,),
                done=_("Closed."),
                order=20,
            ),
            Action(
                key="cancel",
                label=_("No answer at all"),
                icon="ban",
                service="marketing.services.cancel_response",
                states=(State.OPEN,),
                done=_("Canceled."),
                order=30,
            ),
            Action(
                key="reopen",
                label=_("Reopen"),
                icon="rotate-ccw",
                service="marketing.services.reopen_response",
                states=(State.CLOSED, State.CANCELED),
                done=_("Open again."),
                order=20,
            ),
        ),
        panels=(
            Panel(
                key="became",
                label=singular_lazy("lead"),
                template="marketing/panels/became.html",
                load=became,
                reads="lead",
            ),
        ),
        rules=Rules(before_save=prepare_response, before_delete=keep_response),
        rolls_up_to=("campaign", "contact", "account"),
        bulk_fields=("code", "channel", "received_on", "owner"),
        related=("campaign", "activity", "contact", "account", "owner"),
    )
)
