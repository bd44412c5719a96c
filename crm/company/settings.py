"""The company's settings, cached per version of 'settings'."""

from crm.models import CompanySettings
from crm.runtime.cache_versions import cache_version
from crm.runtime.process_cache import ProcessCache

_company: ProcessCache[CompanySettings] = ProcessCache(size=1)


def company() -> CompanySettings:
    """The settings row, or its defaults before an administrator has saved any."""
    return _company.get(cache_version("settings"), _read)


def _read() -> CompanySettings:
    return CompanySettings.objects.first() or CompanySettings(pk=1)
