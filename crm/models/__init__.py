"""The kernel's tables, one file per concept."""

from crm.models.access_version import AccessVersion
from crm.models.activity import Activity
from crm.models.bulk_job import BulkJob
from crm.models.column_rename import ColumnRename
from crm.models.file import DiscardedContent, File
from crm.models.imports import ImportJob, ImportRow
from crm.models.installation import Installation
from crm.models.journal import FieldChange, JournalEntry
from crm.models.label import FieldLabel, RecordTypeLabel, RecordTypeName
from crm.models.mailbox import LocalMessage
from crm.models.merged import MergedRecord
from crm.models.notification import Notification, NotificationChoice
from crm.models.number import NumberSeries
from crm.models.principal import Principal, Team, TeamMembership, User
from crm.models.recent import RecentRecord
from crm.models.record import Record, number_field, number_trigger, search_text
from crm.models.role import Role, RolePrivilege
from crm.models.saved_view import PinnedView, SavedView
from crm.models.sent_form import SentForm
from crm.models.setting import CompanySettings, Currency
from crm.models.share import Share
from crm.models.stamp import Stamp
from crm.models.undo_job import UndoJob
from crm.models.unit import BusinessUnit

__all__ = [
    "AccessVersion",
    "Activity",
    "BulkJob",
    "BusinessUnit",
    "ColumnRename",
    "CompanySettings",
    "Currency",
    "DiscardedContent",
    "FieldChange",
    "FieldLabel",
    "File",
    "ImportJob",
    "ImportRow",
    "Installation",
    "JournalEntry",
    "LocalMessage",
    "MergedRecord",
    "Notification",
    "NotificationChoice",
    "NumberSeries",
    "PinnedView",
    "Principal",
    "RecentRecord",
    "Record",
    "RecordTypeLabel",
    "RecordTypeName",
    "Role",
    "RolePrivilege",
    "SavedView",
    "SentForm",
    "Share",
    "Stamp",
    "Team",
    "TeamMembership",
    "UndoJob",
    "User",
    "number_field",
    "number_trigger",
    "search_text",
]
