"""The channels and services of a company: set up, seen without their secrets, stopped and started.

`loaded` is what the pipeline works with: settings decoded and secrets opened, kept for a few seconds.
"""

from __future__ import annotations

import time
from typing import Any, Literal

import msgspec
from msgspec import inspect as shapes

from connectors.contract import Channel, ChannelSettings, NotSent
from connectors.registry import channel as channel_type
from connectors.registry import channels as channel_types
from engine.core.errors import TramaError
from engine.services.live import News
from engine.services.runtime import Loaded, Runtime
from engine.store import audit
from engine.store import channels as store
from engine.store.channels import ChannelRow

FRESH_SECONDS = 5.0
"""How long another process may not know of a change."""
HIDDEN = "********"


class ChannelView(msgspec.Struct, frozen=True, kw_only=True):
    """A channel for people: secrets that are set show as asterisks."""

    id: int
    kind: str
    name: str
    settings: dict[str, Any]
    state: Literal["active", "stopped"]
    reason: str


def secret_fields(settings: type[msgspec.Struct]) -> set[str]:
    """Names of the fields that are marked as secret."""
    info = shapes.type_info(settings)
    assert isinstance(info, shapes.StructType)
    return {f.encode_name for f in info.fields if _is_secret(f.type)}


def _is_secret(kind: shapes.Type) -> bool:
    return isinstance(kind, shapes.Metadata) and bool((kind.extra_json_schema or {}).get("secret"))


def kept(rt: Runtime, channel: int) -> Loaded | None:
    """The channel if it was read a moment ago."""
    one = rt.channels.get(channel)
    return one if one is not None and one.until > time.monotonic() else None


async def loaded(rt: Runtime, channel: int) -> Loaded:
    """The channel ready for use. Raises `channel:unknown`, `channel:bad-settings`, `secret:…`."""
    fresh = kept(rt, channel)
    if fresh is not None:
        return fresh
    tenant = await store.tenant_of(rt.db, channel)
    if tenant is None:
        raise TramaError("channel:unknown", f"there is no channel {channel}")
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, channel)
    opened = _open(rt, tenant, row)
    rt.channels[channel] = opened
    return opened


def _open(rt: Runtime, tenant: int, row: ChannelRow) -> Loaded:
    kind = channel_type(row.kind)
    return Loaded(
        id=row.id,
        tenant=tenant,
        name=row.name,
        type=kind,
        settings=_convert(kind, {"burst_seconds": rt.settings.burst_seconds} | _values(rt, tenant, row)),
        state=row.state,
        until=time.monotonic() + FRESH_SECONDS,
    )


def _values(rt: Runtime, tenant: int, row: ChannelRow) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.json.decode(row.settings)
    if row.secrets is not None:
        values |= msgspec.json.decode(rt.vault.open(row.secrets, tenant=tenant, field=f"channel:{row.id}"))
    return values


def _convert(kind: Channel, values: dict[str, Any]) -> ChannelSettings:
    try:
        return msgspec.convert(values, kind.Settings)
    except msgspec.ValidationError as fault:
        raise TramaError("channel:bad-settings", str(fault), path="/settings") from None


async def save(
    rt: Runtime, tenant: int, kind: str, name: str, settings: dict[str, Any], *, person: int | None = None
) -> int:
    """Create the channel of that name or change it; its id. A secret left out or given as asterisks stays as it
    was. Raises `channel:bad-settings`, `channel:unknown` for a kind that there is not, `channel:name-taken`."""
    channel = channel_type(kind)
    hidden = secret_fields(channel.Settings)
    async with rt.db.tenant(tenant) as c:
        ident = await store.reserve(c, kind, name)
        before = _values(rt, tenant, await store.get(c, ident))
        held = {k: v for k, v in before.items() if k in hidden and settings.get(k, HIDDEN) == HIDDEN}
        values = settings | held
        _convert(channel, values)
        secrets = {k: v for k, v in values.items() if k in hidden}
        sealed = rt.vault.seal(msgspec.json.encode(secrets), tenant=tenant, field=f"channel:{ident}")
        open_part = {k: v for k, v in values.items() if k not in hidden}
        await store.save(c, ident, name, msgspec.json.encode(open_part), sealed)
        await audit.note(c, "channel_saved", f"channel:{ident}", person=person)
    rt.channels.pop(ident, None)
    return ident


async def channels(rt: Runtime, tenant: int) -> list[ChannelView]:
    async with rt.db.tenant(tenant) as c:
        rows = await store.listed(c)
    return [_view(r) for r in rows]


def _view(row: ChannelRow) -> ChannelView:
    shown: dict[str, Any] = msgspec.json.decode(row.settings)
    shown |= dict.fromkeys(sorted(secret_fields(channel_type(row.kind).Settings)), HIDDEN)
    return ChannelView(
        id=row.id, kind=row.kind, name=row.name, settings=shown, state=row.state, reason=row.reason
    )


class KindField(msgspec.Struct, frozen=True, kw_only=True):
    """A setting of a kind of channel, for forms. `type`: text, number, list."""

    name: str
    type: Literal["text", "number", "list"]
    secret: bool
    default: Any


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    title: str
    fields: list[KindField]


class Introduced(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the other side knows us by these credentials: `name` is what it calls us, `code` why it refuses us.
    `asked` false: this kind of channel has nobody to ask."""

    asked: bool
    ok: bool
    name: str = ""
    code: str = ""
    detail: str = ""


def kinds() -> list[Kind]:
    """The kinds of channels there are, with what each wants to be told."""
    return [Kind(kind=kind, title=one.title, fields=_fields(one)) for kind, one in channel_types().items()]


def _fields(kind: Channel) -> list[KindField]:
    hidden = secret_fields(kind.Settings)
    defaults = msgspec.to_builtins(kind.Settings())
    return [
        KindField(
            name=name,
            type="list"
            if isinstance(value, list)
            else "number"
            if isinstance(value, int | float)
            else "text",
            secret=name in hidden,
            default="" if name in hidden else value,
        )
        for name, value in defaults.items()
    ]


async def view(rt: Runtime, tenant: int, channel: int) -> ChannelView:
    """Raises `channel:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return _view(await store.get(c, channel))


async def add(
    rt: Runtime, tenant: int, kind: str, name: str, settings: dict[str, Any], *, person: int | None = None
) -> ChannelView:
    """A new one. Raises `channel:exists` and what `save` raises."""
    if any(one.name == name for one in await channels(rt, tenant)):
        raise TramaError("channel:exists", f"there is a channel {name} already", path="/name")
    return await view(rt, tenant, await save(rt, tenant, kind, name, settings, person=person))


async def change(
    rt: Runtime, tenant: int, channel: int, name: str, settings: dict[str, Any], *, person: int | None = None
) -> ChannelView:
    """What is left out stays as it was. Raises `channel:unknown`, `channel:exists` and what `save` raises."""
    before = await view(rt, tenant, channel)
    if name != before.name:
        if any(one.name == name for one in await channels(rt, tenant)):
            raise TramaError("channel:exists", f"there is a channel {name} already", path="/name")
        async with rt.db.tenant(tenant) as c:
            await store.rename(c, channel, name)
            await audit.note(
                c,
                "channel_renamed",
                f"channel:{channel}",
                person=person,
                before={"name": before.name},
                after={"name": name},
            )
    known = {k: v for k, v in before.settings.items() if v != HIDDEN}
    await save(rt, tenant, before.kind, name, known | settings, person=person)
    return await view(rt, tenant, channel)


async def introduce(rt: Runtime, tenant: int, channel: int) -> Introduced:
    """Try the credentials without sending anything. Raises `channel:unknown`, `channel:bad-settings`."""
    await view(rt, tenant, channel)
    one = await loaded(rt, channel)
    plan = one.type.introduce(one.settings)
    if plan is None:
        return Introduced(asked=False, ok=True)
    answer = await rt.courier.drive(plan)
    if isinstance(answer, NotSent):
        return Introduced(asked=True, ok=False, code=answer.code, detail=answer.detail[:300])
    return Introduced(asked=True, ok=True, name=answer[:200])


async def stop(rt: Runtime, tenant: int, channel: int, reason: str, *, person: int | None = None) -> None:
    """Send nothing more on it until it is started; what is queued stays queued."""
    await _turn(rt, tenant, channel, "stopped", reason, person)


async def start(rt: Runtime, tenant: int, channel: int, *, person: int | None = None) -> None:
    await _turn(rt, tenant, channel, "active", "", person)
    rt.bell.ring("deliver")


async def _turn(rt: Runtime, tenant: int, channel: int, state: str, reason: str, person: int | None) -> None:
    async with rt.db.tenant(tenant) as c:
        changed = await store.set_state(c, channel, state, reason)
        if changed:
            await audit.note(c, f"channel_{state}", f"channel:{channel}", person=person, reason=reason)
    rt.channels.pop(channel, None)
    if changed:
        rt.live.publish(News("channel_" + state, tenant, data={"channel": channel, "reason": reason}))


async def save_service(
    rt: Runtime,
    tenant: int,
    name: str,
    kind: str,
    settings: dict[str, Any],
    secrets: dict[str, str],
    *,
    person: int | None = None,
) -> None:
    """Where a system that flows call is to be found (`erp`, a named webhook …) and with what credentials."""
    sealed = rt.vault.seal(msgspec.json.encode(secrets), tenant=tenant, field=f"service:{name}")
    async with rt.db.tenant(tenant) as c:
        await store.save_service(c, name, kind, msgspec.json.encode(settings), sealed)
        await audit.note(c, "service_saved", f"service:{name}", person=person)


async def service(rt: Runtime, tenant: int, name: str) -> tuple[str, dict[str, Any]] | None:
    """Kind and settings, secrets included, of the service of that name."""
    async with rt.db.tenant(tenant) as c:
        row = await store.service(c, name)
    if row is None:
        return None
    values: dict[str, Any] = msgspec.json.decode(row.settings)
    if row.secrets is not None:
        values |= msgspec.json.decode(rt.vault.open(row.secrets, tenant=tenant, field=f"service:{name}"))
    return row.kind, values


async def save_secret(rt: Runtime, tenant: int, name: str, value: str, *, person: int | None = None) -> None:
    sealed = rt.vault.seal(value.encode(), tenant=tenant, field=f"secret:{name}")
    async with rt.db.tenant(tenant) as c:
        await store.save_secret(c, name, sealed)
        await audit.note(c, "secret_saved", f"secret:{name}", person=person)


async def secret(rt: Runtime, tenant: int, name: str) -> str:
    """Raises `secret:unknown`."""
    async with rt.db.tenant(tenant) as c:
        sealed = await store.secret(c, name)
    if sealed is None:
        raise TramaError("secret:unknown", f"there is no secret {name}")
    return rt.vault.open(sealed, tenant=tenant, field=f"secret:{name}").decode()
