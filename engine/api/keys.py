"""API keys of other systems."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from engine.api.access import needs
from engine.api.pages import Ident
from engine.api.texts import Name
from engine.services import keys
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.services.views import ApiKey

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Scopes = Annotated[
    list[Annotated[str, msgspec.Meta(max_length=60)]], msgspec.Meta(min_length=1, max_length=100)
]


class NewKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`scopes` are rights; none that the maker does not hold. Without `expires_at` it is good until revoked."""

    name: Name
    scopes: Scopes
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class MadeKey(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is shown this once."""

    row: ApiKey
    key: str


@get("/")
async def listed(rt: Services, who: Asker) -> list[ApiKey]:
    """Newest first, those that are over as well."""
    return await keys.api_keys(rt, who.tenant)


@post("/")
async def add(rt: Services, who: Asker, data: JSONBody[NewKey]) -> MadeKey:
    row, key = await keys.create_api_key(
        rt, who.tenant, data.name, data.scopes, expires_at=data.expires_at, by=who
    )
    return MadeKey(row=row, key=key)


@delete("/{key:int}")
async def revoke(rt: Services, who: Asker, key: Ident) -> None:
    await keys.revoke_api_key(rt, who.tenant, key, person=who.person)


router = Router(
    "/api/v1/keys", route_handlers=[listed, add, revoke], guards=[needs("access:write")], tags=["access"]
)
