"""What can be done to records of any type; `one` and `many` and `sharing` say how."""

from crm.records.services.many import (
    BulkResult,
    assign_record,
    assign_records,
    bulk_update_records,
    delete_record,
    delete_records,
    restore_records,
)
from crm.records.services.one import (
    PROTECTED,
    create_record,
    lock_key_share,
    lock_reason,
    lock_record,
    refuse_stale,
    refuse_when_locked,
    require_links,
    save_changed,
    save_new,
    update_record,
)
from crm.records.services.sharing import SHAREABLE, share_record

__all__ = [
    "PROTECTED",
    "SHAREABLE",
    "BulkResult",
    "assign_record",
    "assign_records",
    "bulk_update_records",
    "create_record",
    "delete_record",
    "delete_records",
    "lock_key_share",
    "lock_reason",
    "lock_record",
    "refuse_stale",
    "refuse_when_locked",
    "require_links",
    "restore_records",
    "save_changed",
    "save_new",
    "share_record",
    "update_record",
]
