"""Events that other systems tell of: `POST /api/v1/events/{name}`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, SkipValidation

from engine.api.access import needs
from engine.api.pages import BIGGEST
from engine.core.errors import TramaError
from engine.services import events
from engine.services.events import ContactRef, Emitted
from engine.services.people import Principal
from engine.services.runtime import Runtime

Key = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key", max_length=200, description="Told twice with one key, an event happens once"
    ),
]


class EventIn(msgspec.Struct, frozen=True, kw_only=True):
    """`data` is what flows see; `contact` whom it is about, when no conversation waits for it. Other members are
    ignored, so that a system may post its own envelope around `data`."""

    data: dict[str, Any] = {}
    contact: ContactRef | None = None


@post("/api/v1/events/{name:str}", tags=["events"], status_code=202, guards=[needs("events:write")])
async def emit(
    rt: NamedDependency[SkipValidation[Runtime]],
    who: NamedDependency[SkipValidation[Principal]],
    name: FromPath[str],
    data: JSONBody[EventIn],
    idempotency_key: Key = "",
) -> Emitted:
    """It reaches the conversations that wait for it, else the one of `contact`. The same key with another body is
    422 `events:key-reused`."""
    if data.contact is not None and data.contact.id is not None and not 0 <= data.contact.id <= BIGGEST:
        raise TramaError("contact:unknown", "there is no such contact", path="/contact/id")
    return await events.emit(
        rt, who.tenant, name, data.data, contact=data.contact, idempotency_key=idempotency_key
    )
