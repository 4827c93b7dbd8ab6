"""Who asks: a person or another system, in one company, with the rights of roles or of a key."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.services.permissions import holds

Pending = Literal["", "password", "second-factor"]


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: a person (`person` set) or another system (`key` set), in one company.

    `session` is the login of a browser. `pending` is what the person must do before anything else: change a password
    that somebody else gave, or set up the second factor that a role here must have. Until then no right is held.
    """

    tenant: int
    name: str
    person: int | None = None
    key: int | None = None
    roles: list[str] = []
    scopes: list[str] = []
    language: str = "pt-BR"
    session: int | None = None
    pending: Pending = ""

    def may(self, scope: str) -> bool:
        """A key needs the right itself; people get theirs from their roles."""
        if self.pending:
            return False
        return scope in self.scopes if self.key is not None else holds(self.roles, scope)
