"""Django admin: what administrators set up. Records themselves are worked on in the product."""

from crm.admin import company, names, people
from crm.admin.base import SettingsAdmin, SettingsInline

__all__ = ["SettingsAdmin", "SettingsInline", "company", "names", "people"]
