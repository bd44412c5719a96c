"""What settings must keep to, whoever changes them."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.errors import RuleViolation


def refuse_to_lock_out(administrators: int) -> None:
    """Somebody who signs in can always change the settings."""
    if not administrators:
        raise RuleViolation(
            _("Then nobody could change the settings any more. Name another administrator first.")
        )


def refuse_second_base(
    *, code: str, rate: Decimal | None, is_base: bool, is_active: bool, base: Any
) -> None:
    """One currency in use is the base, its rate is one; rates of the others refer to it."""
    if is_base and base is not None and base.code != code:
        raise RuleViolation(
            _("There is a base currency already."),
            fields={
                "is_base": _("%(code)s is the base currency, and all rates refer to it.")
                % {"code": base.code}
            },
        )
    if is_base and rate != 1:
        message = _("The rate of the base currency is 1.")
        raise RuleViolation(message, fields={"rate": message})
    if is_base and not is_active:
        message = _("The base currency is always in use.")
        raise RuleViolation(message, fields={"is_active": message})
    if not is_base and base is not None and base.code == code:
        message = _("There must be a base currency.")
        raise RuleViolation(message, fields={"is_base": message})
