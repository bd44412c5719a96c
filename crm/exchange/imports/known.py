"""What can be imported: every record type that takes part, and users."""

from crm.exchange.imports.targets import RecordTarget, Target
from crm.exchange.imports.users import UserTarget
from crm.registry.registry import registry


def target_of(key: str) -> Target:
    """The target with this key; KeyError when there is none."""
    if key == UserTarget.key:
        return UserTarget()
    return RecordTarget(registry.get(key))
