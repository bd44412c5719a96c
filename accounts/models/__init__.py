"""Who the company deals with: accounts (organisations) and contacts (people)."""

from accounts.models.account import Account
from accounts.models.address import CountryField, MainAddress, ShippingAddress, country_choices
from accounts.models.contact import Contact
from accounts.models.industry import Industry
from accounts.models.person import FullName
from accounts.models.reach import Reachable
from accounts.models.web import WebAddressField

__all__ = [
    "Account",
    "Contact",
    "CountryField",
    "FullName",
    "Industry",
    "MainAddress",
    "Reachable",
    "ShippingAddress",
    "WebAddressField",
    "country_choices",
]
