"""Who may do what: one table for the API, the screens and the keys of other systems.

A right is `area:deed`. Roles hold rights as listed; a key holds what it was given. `PAGES` says which right a screen
wants. Everything else (routes, the rail of the screens, `docs/permissions.md`, the tests) reads from here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

Role = Literal["administrator", "supervisor", "agent", "operator"]
ROLES: tuple[Role, ...] = ("administrator", "supervisor", "agent", "operator")

_EVERYONE: frozenset[Role] = frozenset(ROLES)
_ADMIN: frozenset[Role] = frozenset({"administrator"})
_LEADS: frozenset[Role] = frozenset({"administrator", "supervisor"})
_DESK: frozenset[Role] = frozenset({"administrator", "supervisor", "agent"})
_OPERATORS: frozenset[Role] = frozenset({"administrator", "operator"})

RIGHTS: Mapping[str, frozenset[Role]] = {
    "flows:read": _EVERYONE,
    "flows:write": _ADMIN,
    "conversations:read": _EVERYONE,
    "conversations:write": _DESK,
    "contacts:read": _EVERYONE,
    "contacts:write": _DESK,
    "contacts:merge": _LEADS,
    "contacts:import": _LEADS,
    "contacts:export": _LEADS,
    "contacts:erase": _ADMIN,
    "queues:read": _EVERYONE,
    "queues:write": _LEADS,
    "supervision:read": _LEADS | _OPERATORS,
    "supervision:write": _LEADS,
    "canned:write": _DESK,
    "people:read": _LEADS,
    "people:write": _ADMIN,
    "access:write": _ADMIN,
    "channels:read": _LEADS | _OPERATORS,
    "channels:write": _ADMIN,
    "settings:read": _LEADS,
    "settings:write": _ADMIN,
    "audit:read": _LEADS,
    "ops:read": _LEADS | _OPERATORS,
    "ops:write": _OPERATORS,
    "events:write": _ADMIN,
}

PAGES: Mapping[str, str] = {
    "/flows": "flows:read",
    "/inbox": "conversations:write",
    "/conversas": "conversations:read",
    "/supervision": "supervision:read",
    "/contacts": "contacts:read",
    "/settings": "settings:read",
    "/settings/people": "people:read",
    "/settings/teams": "people:read",
    "/settings/queues": "queues:write",
    "/settings/channels": "channels:read",
    "/settings/keys": "access:write",
    "/settings/audit": "audit:read",
    "/saude": "ops:read",
}
"""Screens by the beginning of their path; the longest counts."""
OPEN_PAGES = ("/settings", "/settings/me")
"""Screens below the above that are for everyone: one's own account, and the way to it."""


def holds(roles: Collection[str], right: str) -> bool:
    """Whether one of the roles holds the right. An unknown right is held by nobody."""
    return not RIGHTS.get(right, frozenset()).isdisjoint(roles)


def page_right(path: str) -> str:
    """The right that the screen at this path wants, "" where none is wanted."""
    if path in OPEN_PAGES:
        return ""
    fits = [page for page in PAGES if path == page or path.startswith(page + "/")]
    return PAGES[max(fits, key=len)] if fits else ""
