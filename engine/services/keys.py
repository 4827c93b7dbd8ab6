"""API keys of other systems: made with the rights they need, shown once, ended by hand or by their day."""

from __future__ import annotations

import secrets
from datetime import datetime

from engine.core.errors import TramaError
from engine.services.passwords import token_hash
from engine.services.permissions import RIGHTS
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import keys as store
from engine.store.keys import ApiKey

SCOPES = tuple(RIGHTS)


async def create_api_key(
    rt: Runtime,
    tenant: int,
    name: str,
    scopes: list[str],
    *,
    person: int | None = None,
    expires_at: datetime | None = None,
    by: Principal | None = None,
) -> tuple[ApiKey, str]:
    """The key's row and the key itself, which is shown this once. Who makes it (`by`) gives no right that they do not
    hold. Raises `people:unknown-scope`, `people:scope-not-held`, `people:already-over`."""
    for n, scope in enumerate(scopes):
        if scope not in SCOPES:
            raise TramaError(
                "people:unknown-scope", f"{scope}; known: {', '.join(SCOPES)}", path=f"/scopes/{n}"
            )
        if by is not None and not by.may(scope):
            raise TramaError("people:scope-not-held", f"you do not hold {scope}", path=f"/scopes/{n}")
    if expires_at is not None and expires_at <= rt.now():
        raise TramaError("people:already-over", "the key would be over at once", path="/expires_at")
    person = by.person if by is not None else person
    key = "trama_" + secrets.token_urlsafe(32)
    async with rt.db.tenant(tenant) as c:
        row = await store.add(
            c,
            name.strip(),
            key[:12],
            token_hash(key),
            list(dict.fromkeys(scopes)),
            expires_at=expires_at,
            created_by=person,
        )
        await audit.note(
            c, "api_key_created", f"api_key:{row.id}", person=person, name=row.name, scopes=row.scopes,
            expires_at=expires_at,
        )  # fmt: skip
    return row, key


async def api_principal(rt: Runtime, key: str) -> Principal | None:
    """Whose API key this is; None when it is unknown, over or revoked."""
    if not key.startswith("trama_"):
        return None
    hashed = token_hash(key)
    tenant = await store.tenant_of_api_key(rt.db, hashed)
    if tenant is None:
        return None
    async with rt.db.tenant(tenant) as c:
        row = await store.use(c, hashed)
    return None if row is None else Principal(tenant=tenant, name=row.name, key=row.id, scopes=row.scopes)


async def api_keys(rt: Runtime, tenant: int) -> list[ApiKey]:
    """Newest first, those that are over as well."""
    async with rt.db.tenant(tenant) as c:
        return await store.everything(c)


async def revoke_api_key(rt: Runtime, tenant: int, ident: int, *, person: int | None = None) -> None:
    """Raises `people:unknown-key`."""
    async with rt.db.tenant(tenant) as c:
        row = await store.revoke(c, ident, person)
        if row is None:
            raise TramaError("people:unknown-key", f"there is no valid key {ident}")
        await audit.note(
            c, "api_key_revoked", f"api_key:{ident}", person=person,
            before={"name": row.name, "scopes": row.scopes},
        )  # fmt: skip
