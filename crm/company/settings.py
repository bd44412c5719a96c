"""The company's settings, remembered while their stamp stands."""

from crm.models import CompanySettings
from crm.runtime.cache_versions import stamp_of
from crm.runtime.process_cache import Kept

_company: Kept[CompanySettings] = Kept(size=1)


def company() -> CompanySettings:
    """The settings row, or its defaults before an administrator has saved any."""
    return _company.get(stamp_of("settings"), _read)


def _read() -> CompanySettings:
    return CompanySettings.objects.first() or CompanySettings(pk=1)
