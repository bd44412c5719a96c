"""The verbs of contracts, of what they grant, and of articles."""

from service.services.allotments import (
    cover_case,
    drop_foreign_cover,
    give_back_allotment,
    take_allotment,
    undo_allotment,
)
from service.services.articles import (
    approve_article,
    archive_article,
    discard_article,
    publish_article,
    reject_article,
    restore_article,
    submit_article,
    update_article,
)
from service.services.contracts import (
    cancel_contract,
    contracts_due,
    copy_contract,
    hold_contract,
    invoice_contract,
    move_contract_by_calendar,
    release_contract,
    renew_contract,
    undo_following,
)
from service.services.lines import (
    cancel_contract_line,
    remove_contract_line,
    save_contract_line,
)

__all__ = [
    "approve_article",
    "archive_article",
    "cancel_contract",
    "cancel_contract_line",
    "contracts_due",
    "copy_contract",
    "cover_case",
    "discard_article",
    "drop_foreign_cover",
    "give_back_allotment",
    "hold_contract",
    "invoice_contract",
    "move_contract_by_calendar",
    "publish_article",
    "reject_article",
    "release_contract",
    "remove_contract_line",
    "renew_contract",
    "restore_article",
    "save_contract_line",
    "submit_article",
    "take_allotment",
    "undo_allotment",
    "undo_following",
    "update_article",
]
