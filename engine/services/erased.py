"""What is left to know of erased contacts: whether one with this number, address or CPF was erased, and when.

Only hashes with a key of the installation are kept. Who has the number can ask; who has the rows cannot read it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.services.runtime import Runtime
from engine.store import erasures as store
from engine.store.database import Connection

if TYPE_CHECKING:
    from engine.services.contact_lines import Key


def hashed(rt: Runtime, tenant: int, key: Key) -> bytes:
    """A key's hash, different for each company."""
    secret = hmac.new(rt.settings.secret_key, b"trama erased contacts", hashlib.sha256).digest()
    return hmac.new(secret, f"{tenant}\0{key[0]}\0{key[1]}".encode(), hashlib.sha256).digest()


async def among(rt: Runtime, c: Connection, tenant: int, keys: Iterable[Key]) -> set[Key]:
    """Which of these belonged to erased contacts."""
    if not await store.any_erased(c):
        return set()
    hashes = {hashed(rt, tenant, key): key for key in keys}
    return {hashes[found] for found in await store.known(c, list(hashes))}


async def remove_files(rt: Runtime, tenant: int) -> None:
    """Remove the copies of attachments that erasures left to remove."""
    async with rt.db.tenant(tenant) as c:
        left = await store.files_left(c)
    for erasure, files in left:
        for key in files:
            await asyncio.to_thread((rt.settings.data_dir / "media" / key).unlink, missing_ok=True)
        async with rt.db.tenant(tenant) as c:
            await store.files_removed(c, erasure)
