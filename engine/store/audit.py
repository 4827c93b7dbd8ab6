"""Who changed what. Never message bodies, never secrets."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.store.database import Connection


async def note(c: Connection, action: str, subject: str, *, person: int | None = None, **detail: Any) -> None:
    """`action` is a past participle (`flow_published`), `subject` what it happened to (`flow:main`)."""
    await c.execute(
        "INSERT INTO audit (person_id, action, subject, detail) VALUES ($1, $2, $3, $4)",
        person,
        action,
        subject,
        msgspec.json.encode(detail),
    )
