"""Who hears what becomes of a case."""

from django.utils.translation import gettext_lazy as _

from cases.events import CaseReactivated
from crm.notifications.kinds import Kind
from crm.notifications.writing import notify

KINDS = (
    Kind(
        key="case_reopened",
        label=_("Somebody opens one of my %(types)s again"),
        label_type="case",
        icon="rotate-ccw",
        sentence=_("%(name)s opened this %(type)s again"),
    ),
)


def notify_owner(event: CaseReactivated) -> None:
    notify("case_reopened", to=[event.case.owner_id], about=("case", event.case.pk))
