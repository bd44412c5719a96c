"""Which currency amounts are in when nobody says so."""

from typing import Any

from crm.models import Currency
from crm.runtime.cache_versions import cache_version
from crm.runtime.process_cache import ProcessCache

FIRST_BASE = "EUR"

_base: ProcessCache[str] = ProcessCache(size=1)


def base_currency_code() -> str:
    """The company's own currency, remembered while the settings stay as they are."""
    return _base.get(cache_version("settings"), _read)


def _read() -> str:
    found = Currency.objects.filter(is_base=True).values_list("code", flat=True).first()
    return found or FIRST_BASE


def install_base_currency(**_: Any) -> None:
    """A new database trades in one currency until an administrator says otherwise."""
    if not Currency.objects.filter(is_base=True).exists():
        Currency.objects.update_or_create(code=FIRST_BASE, defaults={"is_base": True})
