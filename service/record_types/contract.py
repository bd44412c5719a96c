from django.utils.translation import gettext_lazy as _

from crm.labels import plural_lazy
from crm.registry.declaration import (
    Action,
    Area,
    Chart,
    Colour,
    Column,
    ColumnKind,
    Deadline,
    DuplicateKey,
    Group,
    NamedView,
    Panel,
    PanelPlace,
    Place,
    RecordType,
    Rules,
    Section,
    Status,
    Tone,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_records
from service import rules
from service.models import Contract
from service.panels import (
    contracts_at_account,
    contracts_of_account,
    entitlement,
    lines_of_contract,
    no_contracts,
    terms,
    used_by,
)
from service.services.contracts import follow_dates, prepare_contract

State = Contract.State


ACTIONS = (
    Action(
        key="invoice",
        label=_("Mark as billed"),
        icon="file-check",
        service="service.services.invoice_contract",
        is_primary=True,
        states=(State.DRAFT,),
        done=_("Invoiced."),
        order=10,
    ),
    Action(
        key="renew",
        label=_("Renew"),
        icon="refresh-cw",
        service="service.services.renew_contract",
        form="service.forms.RenewForm",
        states=rules.RENEWABLE,
        done=_("Here is the draft of the next term."),
        order=15,
    ),
    Action(
        key="hold",
        label=_("Put on hold"),
        icon="circle-pause",
        service="service.services.hold_contract",
        states=(State.ACTIVE,),
        done=_("On hold."),
        order=20,
    ),
    Action(
        key="release",
        label=_("End the hold"),
        icon="circle-play",
        service="service.services.release_contract",
        is_primary=True,
        states=(State.ON_HOLD,),
        done=_("The hold is over."),
        order=20,
    ),
    Action(
        key="copy",
        label=_("Copy"),
        icon="copy",
        service="service.services.copy_contract",
        done=_("Here is the copy."),
        order=30,
    ),
    Action(
        key="cancel",
        label=_("Cancel %(type)s"),
        icon="circle-x",
        service="service.services.cancel_contract",
        form="service.forms.CancelContractForm",
        states=rules.RUNNING,
        done=_("Canceled."),
        order=50,
    ),
    Action(
        key="line",
        label=_("Write a line"),
        icon="plus",
        service="service.services.save_contract_line",
        form="service.forms.LineForm",
        is_offered_elsewhere=True,
        done=_("Saved the line."),
    ),
    Action(
        key="remove-line",
        label=_("Remove a line"),
        icon="x",
        view="service.views.remove_line",
        is_offered_elsewhere=True,
    ),
    Action(
        key="cancel-line",
        label=_("Cancel a line"),
        icon="circle-x",
        view="service.views.cancel_line",
        is_offered_elsewhere=True,
    ),
)

ENDS = Column(
    name="ends_on",
    deadline=Deadline(
        field="state",
        values=frozenset({State.INVOICED, State.ACTIVE, State.ON_HOLD}),
        word=_("expired"),
    ),
)
VALUE = _("Value of %(types)s")

registry.add_panel(
    "case",
    Panel(
        key="entitlement",
        label=_("What was agreed"),
        template="service/panels/entitlement.html",
        load=entitlement,
        reads="contract",
        order=20,
    ),
)
registry.add_action(
    "case",
    Action(
        key="cover",
        label=_("Serve under an agreement"),
        icon="shield-check",
        service="service.services.cover_case",
        form="service.forms.CoverForm",
        is_offered_elsewhere=True,
        done=_("What it is served under is set."),
    ),
)
registry.add_panel(
    "account",
    Panel(
        key="contracts",
        label=plural_lazy("contract"),
        template="service/panels/contracts.html",
        load=contracts_of_account,
        when=contracts_at_account,
        empty=no_contracts,
        reads="contract",
        order=45,
    ),
)

registry.register(
    RecordType(
        model=Contract,
        slug="contracts",
        icon="file-badge",
        colour=Colour.QUOTE,
        number="number",
        places=(Place(area=Area.SERVICE, group=Group.SERVICE, order=30),),
        form="service.forms.ContractForm",
        status=Status(
            field="state",
            tones={
                State.DRAFT: (Tone.NEUTRAL, "circle-dashed"),
                State.INVOICED: (Tone.ACCENT, "circle-dot"),
                State.ACTIVE: (Tone.GOOD, "circle-check"),
                State.ON_HOLD: (Tone.WARN, "circle-pause"),
                State.CANCELED: (Tone.NEUTRAL, "circle-x"),
                State.EXPIRED: (Tone.NEUTRAL, "calendar-x"),
            },
            closed=frozenset(State) - {State.DRAFT},
        ),
        subtitle=("account", "full_number"),
        key_fields=(
            Column(name="starts_on"),
            ENDS,
            Column(name="level"),
            Column(name="total"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="contract",
                label=_("Main facts"),
                fields=("name", "account", "contact", "starts_on", "ends_on", "level", "owner"),
                is_quick=True,
            ),
            Section(
                key="terms",
                label=_("Details"),
                fields=("billing", "currency", "canceled_on", "renews", "description"),
            ),
        ),
        columns=(
            Column(name="name", kind=ColumnKind.LINK),
            Column(name="full_number", label=_("Number"), sort="number", reads=("number", "term")),
            Column(name="account"),
            Column(name="state", kind=ColumnKind.PILL),
            Column(name="starts_on", is_wide_only=True),
            ENDS,
            Column(name="level", is_wide_only=True),
            Column(name="total"),
            Column(name="billing", is_default=False),
            Column(name="contact", is_default=False),
            Column(name="canceled_on", is_default=False),
            Column(name="owner", is_wide_only=True),
            Column(name="modified_at", is_default=False),
            Column(name="created_at", is_default=False),
        ),
        views=(
            NamedView(
                key="active",
                label=_("Active %(types)s"),
                select=lambda rows, actor: rows.active(),
                sort="ends_on",
                is_default=True,
            ),
            my_records(sort="ends_on"),
            NamedView(
                key="ending",
                label=_("Ending within 60 days"),
                select=lambda rows, actor: rows.ending_soon(),
                sort="ends_on",
            ),
            all_records(),
        ),
        filters=(
            "state",
            "account",
            "account__industry",
            "contact",
            "level",
            "billing",
            "starts_on",
            "ends_on",
            "total",
            "currency",
            "owner",
            "created_at",
        ),
        charts=(
            Chart(key="state", by="state", total="total", measure=VALUE, keeps_order=True),
            Chart(key="ends", by="ends_on", total="total", measure=VALUE),
            Chart(key="level", by="level", keeps_order=True),
            Chart(key="account", by="account", total="total", measure=VALUE),
            Chart(key="owner", by="owner", total="total", measure=VALUE),
        ),
        actions=ACTIONS,
        panels=(
            Panel(
                key="lines",
                label=_("What it grants"),
                template="service/panels/lines.html",
                load=lines_of_contract,
                place=PanelPlace.MAIN,
                order=10,
            ),
            Panel(
                key="terms",
                label=_("Other terms"),
                template="service/panels/terms.html",
                load=terms,
                order=20,
            ),
            Panel(
                key="cases",
                label=plural_lazy("case"),
                template="service/panels/used_by.html",
                load=used_by,
                reads="case",
                order=30,
            ),
        ),
        duplicates=(DuplicateKey(fields=("name", "account"), reason=_("same name and customer")),),
        rolls_up_to=("account", "contact"),
        bulk_fields=("level", "billing"),
        rules=Rules(
            before_save=prepare_contract,
            after_save=follow_dates,
            before_delete=rules.refuse_deleting,
            lock=rules.contract_lock,
        ),
        related=("account", "contact", "currency", "owner", "renews"),
    )
)
