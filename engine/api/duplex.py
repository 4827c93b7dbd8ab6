"""A socket that is read and written at the same time, until one of both ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from engine.core.errors import TramaError

POLICY, TOO_BIG, TRY_AGAIN = 1008, 1009, 1013
"""Codes with which a connection is closed (RFC 6455, section 7.4)."""
_log = structlog.get_logger(__name__)


async def both_ways(socket: WebSocket[Any, Any, Any], *work: Coroutine[Any, Any, None]) -> None:
    """Do all of it until one ends; what one raises closes the socket: a TramaError as a breach of the rules, by its
    code, anything else as a fault of ours. That the other side has gone is no fault."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    fault = next((t.exception() for t in tasks if not t.cancelled() and t.exception()), None)
    if fault is None or isinstance(fault, WebSocketDisconnect | OSError):
        return
    if isinstance(fault, TramaError):
        await socket.close(POLICY, fault.code)
        return
    _log.error("socket_ended", path=socket.url.path, exc_info=fault)
    await socket.close(TRY_AGAIN, "engine:internal")
