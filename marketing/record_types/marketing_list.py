from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.models.levels import Privilege
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
    PanelPlace,
    Place,
    RecordType,
    Rules,
    Section,
)
from crm.registry.registry import registry
from crm.registry.standard import all_records, my_records
from marketing.models import MarketingList
from marketing.panels import count_members, newest_members, uses_of_list
from marketing.services.saving import prepare_list


def _is_locked(record: Any) -> bool:
    return bool(record.is_locked)


def _is_unlocked(record: Any) -> bool:
    return not record.is_locked


registry.register(
    RecordType(
        model=MarketingList,
        slug="marketing-lists",
        icon="layout-list",
        colour=Colour.CAMPAIGN,
        places=(Place(area=Area.MARKETING, group=Group.MARKETING, order=20),),
        form="marketing.forms.MarketingListForm",
        subtitle=("member_type", "purpose"),
        key_fields=(
            Column(name="member_type"),
            Column(name="source"),
            Column(name="cost"),
            Column(name="is_locked"),
            Column(name="owner"),
        ),
        sections=(
            Section(
                key="main",
                label=_("Main facts"),
                fields=("name", "member_type", "purpose", "source", "owner"),
                is_quick=True,
            ),
            Section(key="cost", label=_("Cost"), fields=("cost", "currency")),
            Section(key="text", label=_("Description"), fields=("description",)),
        ),
        columns=(
            Column(name="name", kind=ColumnKind.LINK),
            Column(name="member_type"),
            Column(
                name="member_count",
                label=_("Members"),
                kind=ColumnKind.NUMBER,
                annotate=lambda rows: rows.with_members(),
            ),
            Column(name="purpose", is_wide_only=True),
            Column(name="source", is_default=False),
            Column(name="cost", is_default=False),
            Column(name="is_locked", is_wide_only=True),
            Column(name="owner"),
            Column(name="created_at", is_default=False),
            Column(name="modified_at", is_wide_only=True),
        ),
        views=(
            all_records(is_default=True),
            my_records(),
            NamedView(
                key="unlocked",
                label=_("Open for changes"),
                select=lambda rows, actor: rows.unlocked(),
            ),
        ),
        filters=("member_type", "is_locked", "purpose", "source", "owner", "modified_at"),
        charts=(
            Chart(key="members", by="member_type", label=_("%(Types)s by kind of member")),
            Chart(key="owner", by="owner"),
        ),
        actions=(
            Action(
                key="add-member",
                label=_("Add a member"),
                icon="user-plus",
                privilege=Privilege.APPEND,
                service="marketing.services.add_member",
                form="marketing.forms.AddMemberForm",
                is_primary=True,
                is_shown=_is_unlocked,
                done=_("Added."),
                order=10,
            ),
            Action(
                key="members",
                label=_("All members"),
                icon="users",
                privilege=Privilege.READ,
                view="marketing.views.lists.members",
                is_get_only=True,
                order=20,
            ),
            Action(
                key="remove-members",
                label=_("Remove members"),
                icon="user-minus",
                privilege=Privilege.APPEND,
                view="marketing.views.lists.remove",
                is_offered_elsewhere=True,
            ),
            Action(
                key="lock",
                label=_("Lock"),
                icon="lock",
                service="marketing.services.lock_list",
                is_shown=_is_unlocked,
                done=_("Locked: members stay as they are."),
                order=30,
            ),
            Action(
                key="unlock",
                label=_("Unlock"),
                icon="lock-open",
                service="marketing.services.unlock_list",
                is_shown=_is_locked,
                done=_("Unlocked."),
                order=30,
            ),
        ),
        panels=(
            Panel(
                key="members",
                label=_("Members"),
                template="marketing/panels/members.html",
                load=newest_members,
                place=PanelPlace.TAB,
                icon="users",
                count=count_members,
            ),
            Panel(
                key="uses",
                label=_("Used by"),
                template="marketing/panels/uses.html",
                load=uses_of_list,
                reads="campaign",
            ),
        ),
        rules=Rules(before_save=prepare_list),
        bulk_fields=("purpose", "source", "owner"),
        related=("owner", "currency"),
    )
)
