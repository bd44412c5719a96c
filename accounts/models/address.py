"""Postal addresses as columns of the record they belong to, and countries by ISO 3166 code."""

from functools import cache
from typing import Any

from babel import Locale
from django import forms
from django.db import models
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CODE_LENGTH = 2

ADDRESS = ("line1", "line2", "postcode", "city", "region", "country")
"""The columns of an address in the order they are written."""
SHIPPING = tuple(f"shipping_{name}" for name in ADDRESS)


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale.parse(language.replace("-", "_")).territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == CODE_LENGTH and code.isalpha() and code not in {"EU", "EZ", "UN", "ZZ"}
    }


def country_name(code: str) -> str:
    """The country's name in the reader's language; the code itself when it is unknown."""
    return _names(get_language() or "en").get(code, code)


_country_name_lazy = lazy(country_name, str)


def country_choices() -> list[tuple[str, Any]]:
    """Every country, in the order of the reader's language."""
    names = _names(get_language() or "en")
    return [(code, _country_name_lazy(code)) for code in sorted(names, key=names.__getitem__)]


def _offered() -> tuple[tuple[str, str], ...]:
    return _in_order(get_language() or "en")


@cache
def _in_order(language: str) -> tuple[tuple[str, str], ...]:
    """What a form offers, none first: names as they are, as a form is read in one language."""
    names = _names(language)
    return (("", ""), *((code, names[code]) for code in sorted(names, key=names.__getitem__)))


class CountryField(models.CharField):
    """An ISO 3166 code of two letters; forms offer names in the reader's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = CODE_LENGTH
        kwargs["choices"] = country_choices
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        kwargs.pop("choices", None)
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return forms.ChoiceField(
            choices=_offered,
            required=not self.blank,
            label=kwargs.get("label") or capfirst(self.verbose_name),
            help_text=self.help_text,
            widget=kwargs.get("widget") or forms.Select,
        )


class MainAddress(models.Model):
    """The address of the record itself; also where bills go."""

    line1 = models.CharField(_("street"), max_length=160, blank=True)
    line2 = models.CharField(_("street, second line"), max_length=160, blank=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    region = models.CharField(_("state or region"), max_length=80, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = CountryField(_("country"), blank=True)

    class Meta:
        abstract = True


class ShippingAddress(models.Model):
    """Where goods go, when that is another place."""

    shipping_line1 = models.CharField(_("shipping street"), max_length=160, blank=True)
    shipping_line2 = models.CharField(_("shipping street, second line"), max_length=160, blank=True)
    shipping_city = models.CharField(_("shipping city"), max_length=80, blank=True)
    shipping_region = models.CharField(_("shipping state or region"), max_length=80, blank=True)
    shipping_postcode = models.CharField(_("shipping postcode"), max_length=20, blank=True)
    shipping_country = CountryField(_("shipping country"), blank=True)

    class Meta:
        abstract = True
