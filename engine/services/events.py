"""Events that other systems tell of: `payment.received`, `lead.created`, or any other name.

An event goes to the sessions that wait for it and whose rule it fits; where none does, to the conversation of the
contact that it names, which is made when it is new. Told twice with the same key it happens once.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from uuid import uuid4

import msgspec

from connectors.phone import normalise
from engine.core.errors import TramaError
from engine.core.logic import RuleError, compile_rule, truthy
from engine.core.session import Session
from engine.services.contact_values import phone_key
from engine.services.runtime import Runtime
from engine.store import arrivals, audit
from engine.store import contacts as contact_store
from engine.store import events as store
from engine.store import flows as flow_store
from engine.store.database import Connection
from engine.store.payloads import FlowPayload, encode

_NAME = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")
_LARGEST = 64_000


class ContactRef(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whom an event is about: our id, or what the other system knows. Unknown people become contacts."""

    id: int | None = None
    phone: str = ""
    email: str = ""
    cpf: str = ""
    name: str = ""


class Emitted(msgspec.Struct, frozen=True, kw_only=True):
    """`conversations` got the event; `repeated` when this key had been told before."""

    id: str
    conversations: list[int]
    repeated: bool = False


async def emit(
    rt: Runtime,
    tenant: int,
    name: str,
    data: dict[str, Any],
    *,
    contact: ContactRef | None = None,
    idempotency_key: str = "",
) -> Emitted:
    """Tell of an event. Raises `events:bad-name`, `events:too-large`, `events:key-reused`, `contact:unknown`,
    `contact:erased`."""
    if not _NAME.match(name) or len(name) > 100:
        raise TramaError("events:bad-name", "a name is like lead.created", path="/name")
    request = encode([name, data, contact])
    if len(request) > _LARGEST:
        raise TramaError("events:too-large", f"an event has at most {_LARGEST} bytes", path="/data")
    ident = uuid4().hex
    async with rt.db.tenant(tenant) as c:
        if idempotency_key:
            known = await store.first_time(c, "events", idempotency_key, hashlib.sha256(request).digest())
            if known is not None:
                return msgspec.structs.replace(msgspec.json.decode(known, type=Emitted), repeated=True)
        takers = [conv for conv, session in await store.waiting(c, name) if _fits(session, name, data)]
        if not takers and contact is not None:
            own = await _conversation_of(c, contact)
            takers = [own] if own is not None else []
        if takers:
            await store.put(c, takers, name, data, f"event:{ident}")
        emitted = Emitted(id=ident, conversations=takers)
        if idempotency_key:
            await store.answer(c, "events", idempotency_key, msgspec.json.encode(emitted))
    rt.turns.ring()
    return emitted


async def start_flow(
    rt: Runtime,
    tenant: int,
    conversation: int,
    flow: str,
    arguments: dict[str, Any],
    *,
    reason: str = "command",
    person: int | None = None,
) -> None:
    """Run a live flow in a conversation now: an agent's or a presenter's command. Whoever owns the conversation goes
    on owning it. Raises `flow:unknown`, `flow:not-live`, `events:too-large`."""
    payload = encode(FlowPayload(flow=flow, arguments=arguments, reason=reason))
    if len(payload) > _LARGEST:
        raise TramaError("events:too-large", f"arguments have at most {_LARGEST} bytes", path="/arguments")
    async with rt.db.tenant(tenant) as c:
        if (await flow_store.draft(c, flow))[0].live_version is None:
            raise TramaError("flow:not-live", f"{flow} is not published", path="/flow")
        await audit.note(
            c, "flow_started", f"conversation:{conversation}", person=person, after={"flow": flow}
        )
        await store.put_flow(c, conversation, f"flow:{uuid4().hex}", payload)
    rt.turns.ring()


def _fits(session: Session, name: str, data: dict[str, Any]) -> bool:
    """Whether the event may be what the session waits for. The turn decides; this only spares turns that would
    come to nothing, so whatever cannot be told here counts as fitting."""
    wait = session.wait
    if session.state != "waiting" or wait is None or not session.frames:
        return False
    if wait.match is None:
        return True
    known = {**session.frames[-1].vars, "event": {"name": name, "data": data}}
    try:
        rule = compile_rule(wait.match)
        if any(path.partition(".")[0] not in known for path in rule.paths):
            return True
        return truthy(rule(known))
    except RuleError:
        return True


async def _conversation_of(c: Connection, ref: ContactRef) -> int | None:
    phone = normalise(ref.phone) if ref.phone else ""
    cpf = "".join(ch for ch in ref.cpf if ch.isalnum())
    await c.execute(arrivals.SHARED)
    if ref.id is not None:
        found = await contact_store.get(c, await contact_store.follow(c, ref.id))
        return await contact_store.reach(c, found.id, phone or found.phone)
    if not (phone or ref.email or cpf):
        return None
    contact = await contact_store.find(c, phone_key=phone_key(phone), email=ref.email, cpf=cpf)
    if contact is None:
        contact = await contact_store.add(c, name=ref.name, phone=phone, email=ref.email, cpf=cpf)
    return await contact_store.reach(c, contact, phone)
