"""Every route and who may open it: one table. A route that is not in it fails the tests."""

from collections.abc import Mapping
from enum import StrEnum


class Policy(StrEnum):
    """What a route asks for before its view does anything."""

    PUBLIC = "public"  # no log-in
    SIGNED_IN = "signed in"
    ADMINISTRATOR = "administrator"
    READ = "read"
    CREATE = "create"
    WRITE = "write"
    DELETE = "delete"
    SHARE = "share"
    EXPORT = "export"
    ASSIGN = "assign"
    MERGE = "merge"
    ACTION = "as the action declares"
    TARGET = "create on the type imported into"


# Route name, or the beginning of names ending in '*'.
ROUTES: dict[str, Policy] = {
    "healthz": Policy.PUBLIC,
    "metrics": Policy.PUBLIC,  # its token, or an administrator
    "account_*": Policy.PUBLIC,  # allauth decides: the log-in and password pages are its own
    "mfa_*": Policy.PUBLIC,  # allauth: authenticating is public, everything else asks for a log-in
    "usersessions_list": Policy.SIGNED_IN,
    "admin:*": Policy.ADMINISTRATOR,
    "today": Policy.SIGNED_IN,
    "recent": Policy.SIGNED_IN,
    "area": Policy.SIGNED_IN,
    "preferences": Policy.SIGNED_IN,
    "undo": Policy.SIGNED_IN,
    "ui:language": Policy.PUBLIC,  # the log-in page offers it
    "ui:*": Policy.SIGNED_IN,
    "search:search": Policy.SIGNED_IN,
    "settings:*": Policy.ADMINISTRATOR,
    "notifications:*": Policy.SIGNED_IN,  # one's own
    "jobs:*": Policy.SIGNED_IN,  # one's own
    "imports:*": Policy.TARGET,
    "records:lookup": Policy.READ,
    "records:file": Policy.READ,
    "records:delete_file": Policy.WRITE,
    "records:list": Policy.READ,
    "charts:chart": Policy.READ,
    "records:new": Policy.CREATE,
    "records:duplicates": Policy.READ,
    "records:board": Policy.READ,
    "records:bin": Policy.DELETE,
    "records:arrange": Policy.READ,
    "records:save_view": Policy.READ,
    "records:change_view": Policy.READ,
    "records:pin_view": Policy.READ,
    "records:bulk": Policy.ACTION,
    "records:export": Policy.EXPORT,
    "records:record": Policy.READ,
    "records:edit": Policy.WRITE,
    "records:cell": Policy.WRITE,
    "records:delete": Policy.DELETE,
    "records:assign": Policy.ASSIGN,
    "records:compose": Policy.WRITE,
    "records:timeline": Policy.READ,
    "records:add_file": Policy.WRITE,
    "records:share": Policy.SHARE,
    "records:restore_field": Policy.WRITE,
    "records:move": Policy.WRITE,
    "records:merge": Policy.MERGE,
    "records:merge_with": Policy.MERGE,
    "records:action": Policy.ACTION,
}


def add_policies(policies: Mapping[str, Policy]) -> None:
    """Says who may open the routes an app brings."""
    ROUTES.update(policies)


def policy_of(route: str) -> Policy | None:
    """The policy of a route by its name: its own, else that of the longest beginning."""
    if route in ROUTES:
        return ROUTES[route]
    beginnings = [
        name for name in ROUTES if name.endswith("*") and route.startswith(name.removesuffix("*"))
    ]
    return ROUTES[max(beginnings, key=len)] if beginnings else None
