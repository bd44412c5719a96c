"""What is computed of a record type once, for as long as its definitions are in force."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from crm.registry.declaration import RecordType

Args = TypeVarTuple("Args")
T = TypeVar("T")


def derived(make: Callable[[RecordType, *Args], T]) -> Callable[[RecordType, *Args], T]:
    """Caches what `make` returns with the type it is given, so that it ends with the type.

    The other arguments are hashable, and few in number: nothing is evicted. `make` may look at
    other types as well, as all of them are made anew when a definition changes.
    """

    @wraps(make)
    def cached(record_type: RecordType, *args: *Args) -> T:
        key = (make, *args)
        if key not in record_type.derived:
            record_type.derived[key] = make(record_type, *args)
        return record_type.derived[key]  # type: ignore[no-any-return]

    return cached
