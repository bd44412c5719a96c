"""The company's settings, remembered while their stamp stands."""

from django.core.cache import cache

from crm.access.stamps import stamp_of
from crm.models import CompanySettings


def company() -> CompanySettings:
    """The settings row, or its defaults before an administrator has saved any."""
    key = f"company:{stamp_of('settings')}"
    found: CompanySettings | None = cache.get(key)
    if found is None:
        found = CompanySettings.objects.first() or CompanySettings(pk=1)
        cache.set(key, found, timeout=3600)
    return found
