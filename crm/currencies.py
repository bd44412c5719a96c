"""Which currency amounts are in when nobody says so."""

from typing import Any

from crm.access.stamps import stamp_of

FIRST_BASE = "EUR"

_base: list[tuple[int, str]] = [(-1, "")]


def base_currency_code() -> str:
    """The company's own currency; read once per process and version of the settings."""
    version = stamp_of("settings")
    if _base[0][0] != version:
        _base[0] = (version, _read())
    return _base[0][1]


def _read() -> str:
    from crm.models import Currency

    found = Currency.objects.filter(is_base=True).values_list("code", flat=True).first()
    return found or FIRST_BASE


def install_base_currency(**_: Any) -> None:
    """A new database trades in one currency until an administrator says otherwise."""
    from crm.models import Currency

    if not Currency.objects.filter(is_base=True).exists():
        Currency.objects.create(code=FIRST_BASE, is_base=True)
