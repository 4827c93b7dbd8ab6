"""Staying connected: `/ws/agent` for what concerns whoever works here, `/ws/conversation/{id}` for one conversation.

`?since=4711` asks for everything after that number first; every frame that can be asked for again carries its `seq`,
and `ready` says that what follows is new. `/ws/conversation/7?message=42` asks for the messages after that one as well.
The server beats every 20 seconds of silence; `ping` is answered with `pong`. A person may be connected with as many
devices as they like.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import WebSocket, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import QueryParameter, SkipValidation

from engine.api.duplex import POLICY, both_ways
from engine.api.pages import Ident
from engine.api.sessions import Sessions
from engine.core.errors import TramaError
from engine.services import agents, watching
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.watching import Frame, Watch

AGAIN_SECONDS = 10.0
"""How often it is looked whether who is connected may still be."""
RIGHT = "conversations:read"
LARGEST = 4_000
"""Bytes of a frame that a client sends."""
Socket = WebSocket[Any, Any, Any]
Services = NamedDependency[SkipValidation[Runtime]]
Doorkeeper = NamedDependency[SkipValidation[Sessions]]
Number = Annotated[int, QueryParameter(ge=0, le=2**62)]


class Said(msgspec.Struct, frozen=True):
    """What a client may send: `ping`."""

    type: str


@websocket("/ws/agent")
async def agent(socket: Socket, rt: Services, sessions: Doorkeeper, since: Number = 0) -> None:
    """Notifications of an agent, a supervisor, or another system."""
    await _serve(socket, rt, sessions, since=since)


@websocket("/ws/conversation/{conversation:int}")
async def conversation(
    socket: Socket,
    conversation: Ident,
    rt: Services,
    sessions: Doorkeeper,
    since: Number = 0,
    message: Number = 0,
) -> None:
    """What happens in one conversation."""
    await _serve(socket, rt, sessions, conversation=conversation, since=since, message=message)


async def _serve(
    socket: Socket,
    rt: Runtime,
    sessions: Sessions,
    *,
    conversation: int = 0,
    since: int = 0,
    message: int = 0,
) -> None:
    """A refused client is told why by the closing reason, after the handshake: browsers show nothing of one that
    fails."""
    await socket.accept()
    who: Principal | None = socket.scope["user"]
    if who is None:
        await socket.close(POLICY, "access:login-needed")
        return
    try:
        async with watching.watch(rt, who, conversation=conversation, since=since, message=message) as watch:
            await both_ways(socket, _hear(socket, rt, who), _tell(socket, watch), _stay(socket, sessions))
    except TramaError as fault:
        await socket.close(POLICY, fault.code)
    except WebSocketDisconnect:
        return


def _read(raw: str) -> Said:
    """Raises `live:bad-frame`."""
    if len(raw) > LARGEST:
        raise TramaError("live:bad-frame", "a frame is small")
    try:
        return msgspec.json.decode(raw, type=Said)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise TramaError("live:bad-frame", "a frame is a JSON object with a type") from None


async def _tell(socket: Socket, watch: Watch) -> None:
    async for frame in watch.frames():
        await socket.send_text(msgspec.json.encode(frame).decode())


async def _stay(socket: Socket, sessions: Sessions) -> None:
    """Until whoever came in may not be here any more: a session that ended, a revoked key, a role that went."""
    headers = dict(socket.headers.items())
    while True:
        await asyncio.sleep(AGAIN_SECONDS)
        who = await sessions.who(headers)
        if who is None:
            raise TramaError("access:login-needed", "the session has ended")
        if not who.may(RIGHT):
            raise TramaError("access:forbidden", f"this needs the right {RIGHT}")


async def _hear(socket: Socket, rt: Runtime, who: Principal) -> None:
    while True:
        said = _read(await socket.receive_text())
        if said.type == "ping":
            await socket.send_text(msgspec.json.encode(Frame(type="pong")).decode())
            if who.person is not None:
                await agents.beat(rt, who.tenant, who.person)
