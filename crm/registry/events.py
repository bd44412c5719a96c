"""What happens to records of any type that apps may want to follow."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from crm.models import BulkJob, ImportJob, Record, UndoJob


class ChangeKind(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"  # put into the bin
    RESTORED = "restored"  # taken out of it
    ERASED = "erased"  # gone for good


@dataclass(frozen=True)
class RecordsChanged:
    """Rows of one record type were written, whatever did it: the event of all writes.

    Emitted once per written statement and set of fields, in the transaction of the write and after
    it: a subscriber reads the new values, and what it writes is committed or rolled back with them.
    A refusal that rolls back to a savepoint rolls back what subscribers wrote inside it; who acts
    outside of the database enqueues that for after the commit.

    `fields` names the fields whose stored value changed; none for rows that were created or erased.
    Versions, moments and editors that every write changes, columns the database computes, and the
    unit that follows the owner are not named. `operation` is what Undo takes back.
    """

    kind: ChangeKind
    record_type: str
    ids: tuple[int, ...]
    fields: frozenset[str]
    operation: UUID


@dataclass(frozen=True)
class RecordsErased:
    """Records left the bin for good; what names them by type and id alone can go too."""

    record_type: str
    ids: tuple[int, ...]


@dataclass(frozen=True)
class RecordsAssigned:
    """Records have an owner who is not the one who acts: new ones, or given away."""

    record_type: str
    owner_id: int
    count: int
    record_id: int | None = None  # where it is one


@dataclass(frozen=True)
class RecordShared:
    """A user or team who could do nothing with a record by a share now can."""

    record: Record
    principal_id: int


@dataclass(frozen=True)
class JobEnded:
    """A change to many rows is done, or it stopped."""

    job: BulkJob


@dataclass(frozen=True)
class UndoEnded:
    """An undo of many records is done, or it stopped."""

    job: UndoJob


@dataclass(frozen=True)
class ImportEnded:
    """A file is in, or its import stopped."""

    job: ImportJob
