"""What happens to records of any type that apps may want to follow."""

from dataclasses import dataclass

from crm.models import BulkJob, ImportJob, Record


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
class ImportEnded:
    """A file is in, or its import stopped."""

    job: ImportJob
