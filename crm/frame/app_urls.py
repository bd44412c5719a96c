"""Pages an app brings beyond those of its record types. It registers them in its `apps.py`."""

from collections.abc import Mapping

from django.urls import URLResolver, include, path

from crm.access.routes import Policy, add_policies

_brought: dict[str, str] = {}  # URL module -> the prefix it stands under


def add_urls(prefix: str, module: str, policies: Mapping[str, Policy]) -> None:
    """Mounts a URL module under `prefix` and says who may open its routes."""
    _brought[module] = prefix
    add_policies(policies)


def brought_by_apps() -> list[URLResolver]:
    return [path(prefix, include(module)) for module, prefix in _brought.items()]
