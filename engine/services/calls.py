"""Calls that flows make: carried out here, answered as happenings of the conversation.

A call that a session waits for is tried within its time limit and always gets an answer, be it a failure; one that
nobody waits for (a notice, an attachment) is tried five times over an hour and then put aside.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import structlog

from connectors import erp
from connectors.calls import CallResult, Failed, Ok
from connectors.http_call import http_call
from connectors.wire import WireFailure
from engine.core import secrets
from engine.core.errors import TramaError
from engine.services import breakers, channels, media, notices
from engine.services.batcher import Batcher
from engine.services.delivery import MOST_TRIES, pause
from engine.services.fleet import Fleet
from engine.services.runtime import Runtime
from engine.store import calls as store
from engine.store.calls import Answered, Asked
from engine.store.database import AWAY
from engine.store.payloads import AnswerPayload
from engine.store.tenants import Work

_LARGEST = 512_000
_FIRST_PAUSE = 0.5
_log = structlog.get_logger(__name__)

Service = Callable[[Runtime, int, Asked, dict[str, Any]], Awaitable[CallResult]]


class Calls(Fleet[Asked]):
    """The caller of one process."""

    work: Work = "calls"

    def __init__(self, rt: Runtime) -> None:
        super().__init__(rt)
        self._landing: dict[int, Batcher[tuple[Asked, CallResult], None]] = {}

    async def _claim(self, tenant: int, limit: int) -> list[Asked]:
        async with self._rt.db.tenant(tenant) as c:
            return await store.claim(c, limit)

    async def _fly(self, tenant: int, errand: Asked) -> None:
        try:
            result = await self._result(tenant, errand)
        except Exception as fault:  # noqa: BLE001  a session waits: it gets an answer whatever happens here
            result = Failed(code="call:failed", detail=type(fault).__name__, retryable=True)
        batcher = self._landing.get(tenant)
        if batcher is None:

            async def land(landed: list[tuple[Asked, CallResult]]) -> list[None]:
                return await self._land(tenant, landed)

            batcher = self._landing[tenant] = Batcher(land)
        try:
            await batcher.submit((errand, result))
        except (TramaError, *AWAY) as fault:
            _log.warning("answer_not_noted", call=errand.id, fault=type(fault).__name__)

    async def _result(self, tenant: int, asked: Asked) -> CallResult:
        rt = self._rt
        service = SERVICES.get(asked.service)
        if service is None:
            return Failed(code="call:unknown-service", detail=asked.service)
        left = asked.timeout
        if asked.deadline is not None:
            left = min(left, (asked.deadline - rt.now()).total_seconds())
        if left <= 0:
            return Failed(code=f"{asked.service}:timeout", detail="the time was over before it was tried")
        key = _breaker_key(asked)
        async with rt.db.tenant(tenant) as c:
            before = await breakers.load(c, {key})
            state, admitted = breakers.RULE.admit(before[key], rt.now())
            await breakers.keep(c, before, {key: state})
        if not admitted:
            return Failed(code=f"{asked.service}:unavailable", detail="the breaker is open", retryable=True)
        try:
            async with asyncio.timeout(left):
                args = await _unsealed(rt, tenant, msgspec.json.decode(asked.args))
                return await self._tries(service, tenant, asked, args)
        except TimeoutError:
            return Failed(code=f"{asked.service}:timeout", detail=f"no answer in {left:.0f} s", fault=True)
        except WireFailure as fault:
            return Failed(code=fault.code, detail=fault.detail, retryable=not fault.hopeless, fault=True)
        except TramaError as fault:
            return Failed(code=fault.code, detail=fault.detail)

    async def _tries(self, service: Service, tenant: int, asked: Asked, args: dict[str, Any]) -> CallResult:
        wait = _FIRST_PAUSE
        while True:
            result = await service(self._rt, tenant, asked, args)
            if isinstance(result, Ok) or not result.retryable or not asked.answers or wait > 2:
                return result
            await asyncio.sleep(wait)
            wait *= 2

    async def _land(self, tenant: int, landed: list[tuple[Asked, CallResult]]) -> list[None]:
        rt = self._rt
        now = rt.now()
        noted = [
            (_breaker_key(asked), not (isinstance(result, Failed) and result.fault))
            for asked, result in landed
            if not (isinstance(result, Failed) and result.detail == "the breaker is open")
        ]
        async with rt.db.tenant(tenant) as c:
            turns = await store.settle(c, [_answered(asked, result, now) for asked, result in landed])
            if noted:
                await breakers.note(c, noted, now)
        if turns:
            rt.turns.ring()
        for asked, result in landed:
            if isinstance(result, Failed):
                _log.warning("call_failed", call=asked.id, service=asked.service, code=result.code)
        return [None] * len(landed)


def _breaker_key(asked: Asked) -> str:
    """One breaker a service; of HTTP calls one a host, because one bad site says nothing of the others."""
    if asked.service == "http":
        url = str(msgspec.json.decode(asked.args).get("url", ""))
        return f"http:{url.partition('://')[2].partition('/')[0][:200]}"
    return f"service:{asked.service}"


def _answered(asked: Asked, result: CallResult, now: datetime) -> Answered:
    if isinstance(result, Ok):
        if len(msgspec.json.encode(result.value)) > _LARGEST:
            result = Failed(code=f"{asked.service}:bad-answer", detail=f"more than {_LARGEST} bytes")
        else:
            payload = AnswerPayload(call=asked.id, ok=True, value=result.value)
            return Answered(asked=asked, state="done", payload=payload)
    error = f"{result.code} {result.detail}".strip()
    if not asked.answers and result.retryable:
        if asked.attempts >= MOST_TRIES:
            return Answered(asked=asked, state="dead", error=error)
        due = now + pause(asked.attempts)
        return Answered(asked=asked, state="queued", due_at=due, error=error)
    payload = AnswerPayload(call=asked.id, ok=False, error=result.code, detail=result.detail)
    return Answered(asked=asked, state="failed", payload=payload, error=error)


async def _unsealed(rt: Runtime, tenant: int, args: dict[str, Any]) -> dict[str, Any]:
    """The arguments with the tenant's secrets at the places that the flow itself names, and nowhere else."""
    for path in args.pop(secrets.MEMBER, ()):
        *way, last = secrets.parts(path)
        place: Any = args
        for part in way:
            place = place[int(part)] if isinstance(place, list) else place[part]
        key = int(last) if isinstance(place, list) else last
        place[key] = await channels.secret(rt, tenant, place[key]["secret"])
    return args


async def _erp(rt: Runtime, tenant: int, asked: Asked, args: dict[str, Any]) -> CallResult:
    found = await channels.service(rt, tenant, "erp")
    if found is None:
        return Failed(code="erp:not-configured", detail="no ERP is set up for this company")
    settings = msgspec.convert(found[1], erp.ErpSettings)
    # the call's id makes a repeat after a crash recognisable
    return await rt.courier.drive(erp.operation(settings, asked.operation, {"key": asked.id, **args}))


async def _media(rt: Runtime, tenant: int, asked: Asked, args: dict[str, Any]) -> CallResult:
    return await media.fetch(rt, tenant, args["message"], args["channel"], str(args["media"].get("ref", "")))


async def _http(rt: Runtime, tenant: int, asked: Asked, args: dict[str, Any]) -> CallResult:
    return await rt.courier.drive(http_call(args, seconds=asked.timeout, key=asked.id), follow=True)


async def _notify(rt: Runtime, tenant: int, asked: Asked, args: dict[str, Any]) -> CallResult:
    return await notices.tell(
        rt, tenant, asked.operation, args, conversation=asked.conversation or 0, key=asked.id
    )


SERVICES: Mapping[str, Service] = {"erp": _erp, "http": _http, "notify": _notify, "media": _media}
"""What a `Call` effect may name. A new service is a function here (and its connector)."""


async def ask_now(rt: Runtime, tenant: int, asked: Asked) -> CallResult:
    """Ask for somebody who waits at a screen: within the call's time limit and past the breaker as always, but nothing
    is stored and no conversation is told."""
    return await Calls(rt)._result(tenant, asked)


async def sweep(rt: Runtime, tenant: int) -> None:
    """Calls whose worker died."""
    async with rt.db.tenant(tenant) as c:
        expired = await store.expire_leases(c)
    if expired:
        rt.bell.ring("call")
