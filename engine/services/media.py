"""Copies of attachments in the data folder, named by their own hash: the same file is kept once."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from pathlib import Path

from connectors.calls import Failed, Ok
from connectors.contract import NotSent
from engine.services import channels
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import calls as store

_KEY = re.compile(r"^\d+/[0-9a-f]{2}/[0-9a-f]{64}$")


async def fetch(rt: Runtime, tenant: int, message: int, channel: int, ref: str) -> Ok | Failed:
    """Bring the attachment `ref` of a message here."""
    one = await channels.loaded(rt, channel)
    plan = one.type.fetch_media(one.settings, ref)
    if plan is None:
        return Failed(code="media:not-supported", detail=f"{one.type.kind} gives no attachments")
    found = await rt.courier.drive(plan)
    if isinstance(found, NotSent):
        return Failed(
            code=found.code, retryable=found.policy in ("retry", "unknown", "pace"), detail=found.detail
        )
    sha256 = hashlib.sha256(found.body).hexdigest()
    key = f"{tenant}/{sha256[:2]}/{sha256}"
    await asyncio.to_thread(write, rt.settings.data_dir / "media" / key, found.body)
    async with rt.db.tenant(tenant) as c:
        conversation = await store.media_stored(c, message, key, sha256)
    if conversation is not None:
        rt.live.publish(News("message_changed", tenant, conversation, {"message": message}))
    return Ok(value=key)


def write(path: Path, body: bytes) -> None:
    """Whole or not at all: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.part")
    partial.write_bytes(body)
    partial.replace(path)


def path_of(rt: Runtime, tenant: int, key: str) -> Path | None:
    """The file of a stored attachment; None for a key that is not this tenant's or does not exist."""
    if not _KEY.match(key) or not key.startswith(f"{tenant}/"):
        return None
    path = rt.settings.data_dir / "media" / key
    return path if path.is_file() else None
