"""The company's settings, remembered while their stamp stands."""

from crm.access.stamps import stamp_of
from crm.kept import Kept
from crm.models import CompanySettings

_company: Kept[CompanySettings] = Kept(size=1)


def company() -> CompanySettings:
    """The settings row, or its defaults before an administrator has saved any."""
    return _company.get(stamp_of("settings"), _read)


def _read() -> CompanySettings:
    return CompanySettings.objects.first() or CompanySettings(pk=1)
