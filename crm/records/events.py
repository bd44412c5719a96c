"""What happens to records of any type that apps may want to follow."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordsErased:
    """Records left the bin for good; what names them by type and id alone can go too."""

    record_type: str
    ids: tuple[int, ...]
