"""Everything that is kept of a contact, as a ZIP to hand over (LGPD, art. 18): JSON that explains itself, and the
attachments as they came.

It is written to a file beside the data, chunk by chunk off the event loop, and given from there; the file goes when it
was read or after a day.
"""

from __future__ import annotations

import asyncio
import time
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from engine.core.errors import TramaError
from engine.services import clock, media
from engine.services.runtime import Runtime
from engine.store import audit
from engine.store import contact_export as store
from engine.store import contacts as contact_store

_BLOCK = 1 << 16
_README = """\
Dados pessoais guardados sobre este contato / Personal data kept of this contact

contact.json        cadastro, identidades, consentimentos / record, identities, consents
conversations.json  conversas, atendimentos, notas, avaliações / conversations, tickets, notes, ratings
messages.json       mensagens, uma por linha / messages, one a line
decisions.json      o que o robô decidiu e por quê, um turno por linha / what the bot decided and why, one turn a line
media/              anexos; "stored" numa mensagem diz qual / attachments; "stored" in a message says which
"""


async def build(rt: Runtime, tenant: int, contact: int, *, person: int | None = None) -> Path:
    """The ZIP's file; `stream` gives and removes it. Raises `contact:unknown`, `contact:erased`."""
    folder = rt.settings.data_dir / "exports"
    await asyncio.to_thread(_swept, folder)
    path = folder / f"{uuid4().hex}.zip"
    at = await clock.now(rt, tenant)
    try:
        async with rt.db.tenant(tenant) as c:
            # one picture of everything, however long it takes
            await c.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            if (await contact_store.get(c, contact)).state == "erased":
                raise TramaError("contact:erased", f"contact {contact} was erased")
            found = await store.small(c, await store.family(c, contact))
            conversations = [r["id"] for r in found["conversations"]]
            about = {"exported_at": at, "contact": contact} | {
                n: found[n] for n in ("contacts", "identities", "consents")
            }
            talks = {n: found[n] for n in ("conversations", "tickets", "notes", "ratings")}
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
                await asyncio.to_thread(file.writestr, "README.txt", _README)
                await asyncio.to_thread(file.writestr, "contact.json", _json(about))
                await asyncio.to_thread(file.writestr, "conversations.json", _json(talks))
                files: set[str] = set()
                with file.open("messages.json", "w", force_zip64=True) as out:
                    async for rows in _pages(lambda after: store.messages(c, conversations, after)):
                        await asyncio.to_thread(out.write, _lines(rows))
                        files.update(str(r["content"].get("stored", "")) for r in rows)
                with file.open("decisions.json", "w", force_zip64=True) as out:
                    async for rows in _pages(lambda after: store.traces(c, conversations, after)):
                        await asyncio.to_thread(out.write, _lines(rows))
                for key in sorted(files - {""}):
                    kept = media.path_of(rt, tenant, key)
                    if kept is not None:
                        name = f"media/{kept.name}"
                        await asyncio.to_thread(file.write, kept, name, zipfile.ZIP_STORED)
        async with rt.db.tenant(tenant) as c:
            await audit.note(c, "contact_exported", f"contact:{contact}", person=person)
    except BaseException:
        await asyncio.to_thread(_remove, path)
        raise
    return path


async def stream(path: Path) -> AsyncIterator[bytes]:
    """The file in blocks; it is gone afterwards, also when the reader leaves early."""
    file = await asyncio.to_thread(path.open, "rb")
    try:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block
    finally:
        file.close()
        _remove(path)


async def _pages(
    read: Callable[[int], Awaitable[list[dict[str, Any]]]],
) -> AsyncIterator[list[dict[str, Any]]]:
    after = 0
    while rows := await read(after):
        yield rows
        after = rows[-1]["id"]


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _swept(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("*.zip"):
        if left.stat().st_mtime < time.time() - 24 * 3600:
            left.unlink(missing_ok=True)
