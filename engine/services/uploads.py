"""Files that authors put into flows: pictures, sounds, films and documents that a message sends.

A file is kept once under its hash in the data folder, beside the attachments that came in, and is fetched by whoever
has its address: channels do, and what a flow sends to everybody is no secret. The address cannot be guessed.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from engine.core.errors import TramaError
from engine.services import media
from engine.services.runtime import Runtime


class Accepted(NamedTuple):
    """What WhatsApp takes of a kind (Cloud API, supported media types): endings with their types, and megabytes."""

    types: dict[str, str]
    megabytes: int


_OFFICE = "application/vnd.openxmlformats-officedocument"
ACCEPTED: dict[str, Accepted] = {
    "image": Accepted({"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}, 5),
    "audio": Accepted(
        {"mp3": "audio/mpeg", "ogg": "audio/ogg", "m4a": "audio/mp4", "aac": "audio/aac", "amr": "audio/amr"},
        16,
    ),
    "video": Accepted({"mp4": "video/mp4", "3gp": "video/3gpp"}, 16),
    "document": Accepted(
        {
            "pdf": "application/pdf",
            "docx": f"{_OFFICE}.wordprocessingml.document",
            "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
            "pptx": f"{_OFFICE}.presentationml.presentation",
            "txt": "text/plain",
        },
        100,
    ),
    "sticker": Accepted({"webp": "image/webp"}, 1),
}
_SIGNS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "jpg": ((0, b"\xff\xd8\xff"),), "jpeg": ((0, b"\xff\xd8\xff"),), "png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "webp": ((8, b"WEBP"),), "mp3": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "ogg": ((0, b"OggS"),), "m4a": ((4, b"ftyp"),), "mp4": ((4, b"ftyp"),), "3gp": ((4, b"ftyp"),),
    "aac": ((0, b"\xff\xf1"), (0, b"\xff\xf9")), "amr": ((0, b"#!AMR"),), "pdf": ((0, b"%PDF-"),),
    "docx": ((0, b"PK"),), "xlsx": ((0, b"PK"),), "pptx": ((0, b"PK"),),
}  # fmt: skip
"""How files of an ending begin; a name alone proves nothing."""
_NAME = re.compile(r"^([0-9a-f]{64})\.([a-z0-9]{3,4})$")


class Served(NamedTuple):
    path: Path
    mime: str
    inline: bool


async def keep(rt: Runtime, tenant: int, kind: str, filename: str, body: bytes) -> str:
    """Store a file; its whole address, as channels want it. Raises
    `media:wrong-type`, `media:too-large`, `media:empty`."""
    accepted = ACCEPTED[kind]
    ending = filename.rpartition(".")[2].lower()
    if not body:
        raise TramaError("media:empty", "the file is empty", path="/file")
    if ending not in accepted.types or not _begins_right(ending, body):
        raise TramaError("media:wrong-type", f"{kind}: {', '.join(accepted.types)}", path="/file")
    if len(body) > accepted.megabytes * 1_000_000:
        raise TramaError("media:too-large", f"at most {accepted.megabytes} MB", path="/file")
    sha256 = hashlib.sha256(body).hexdigest()
    await asyncio.to_thread(media.write, _path(rt, tenant, sha256), body)
    settings = rt.settings
    # without a public address only this machine's own stand-ins can fetch it
    base = settings.public_url.rstrip("/") or f"http://127.0.0.1:{settings.port}"
    return f"{base}/files/{tenant}/{sha256}.{ending}"


def served(rt: Runtime, tenant: int, name: str) -> Served | None:
    """The file behind an address; None when there is none."""
    found = _NAME.match(name)
    if found is None:
        return None
    sha256, ending = found.groups()
    mime = next((a.types[ending] for a in ACCEPTED.values() if ending in a.types), None)
    path = _path(rt, tenant, sha256)
    if mime is None or not path.is_file():
        return None
    return Served(path, mime, mime.startswith(("image/", "audio/", "video/")))


def _begins_right(ending: str, body: bytes) -> bool:
    if ending == "txt":
        try:
            body.decode()
        except UnicodeDecodeError:
            return False
        return b"\x00" not in body
    return any(body[at : at + len(sign)] == sign for at, sign in _SIGNS[ending])


def _path(rt: Runtime, tenant: int, sha256: str) -> Path:
    return rt.settings.data_dir / "media" / str(tenant) / sha256[:2] / sha256
