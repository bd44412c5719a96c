"""Pages an app brings beyond those of its record types: declared as `App.urls`."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import URLResolver, include, path

from crm.access.routes import Policy, add_policies


@dataclass(frozen=True, kw_only=True)
class AppUrls:
    """A URL module mounted under `prefix`, with who may open its routes.

    `policies` go by the route's name, or the beginning of names ending in '*'.
    """

    prefix: str
    module: str
    policies: Mapping[str, Policy]


_urls: list[AppUrls] = []


def add_urls(urls: AppUrls) -> None:
    _urls.append(urls)
    add_policies(urls.policies)


def brought_by_apps() -> list[URLResolver]:
    return [path(urls.prefix, include(urls.module)) for urls in _urls]
