"""What the kernel itself adds, declared as every app declares its own."""

from crm.access.standard_roles import install_standard_roles
from crm.activities.files import undo_adding_file, undo_removing_file
from crm.administration.measures import MEASURES
from crm.company.currencies import install_base_currency
from crm.database.triggers import quicken_triggers
from crm.exchange.imports import services as imports
from crm.extensions.declaration import App
from crm.frame.frame import TODAY
from crm.frame.settings_pages import standard_pages
from crm.journal.sentences import STANDARD_VERBS
from crm.labels.icons import read_icons
from crm.mail.holding import install_identity
from crm.notifications import standard as notifications
from crm.records.bulk import jobs
from crm.records.merging.pointers import STANDARD_POINTERS
from crm.records.merging.unmerging import undo_merge
from crm.registry.events import UndoEnded

APP = App(
    verbs=STANDARD_VERBS,
    undoers={"file_added": undo_adding_file, "file_removed": undo_removing_file},
    whole_undoers={"merged": undo_merge},
    subscriptions=(
        *notifications.SUBSCRIPTIONS,
        (UndoEnded, jobs.end_undoing),
        (UndoEnded, imports.end_undoing),
    ),
    kinds=notifications.KINDS,
    pages=(TODAY,),
    settings_pages=standard_pages(),
    pointers=STANDARD_POINTERS,
    measures=MEASURES,
    definitions=(read_icons,),
    after_migrate=(
        install_standard_roles,
        install_base_currency,
        install_identity,
        quicken_triggers,
    ),
)
