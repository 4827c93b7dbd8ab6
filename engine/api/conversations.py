"""Conversations, their messages and why the bot did what it did, for reading."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter, SkipValidation

from engine.api import answering, handling
from engine.api.access import needs
from engine.api.pages import Before, Ident, Limit, Page, by_id, read, written
from engine.services import conversations, traces
from engine.services.conversations import LAST
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import ConversationRow, MessageRow, NoteRow, OwnerName, State, TraceRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Words = Annotated[str, QueryParameter(min_length=1, max_length=200, description="All of these words")]


@get("/")
async def listed(
    rt: Services,
    who: Asker,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    owner: FromQuery[OwnerName | None] = None,
    after: FromQuery[str] = "",
    limit: Limit = 50,
) -> Page[ConversationRow]:
    """Latest message first."""
    rows = await conversations.conversations(
        rt, who.tenant, state=in_state, owner=owner, after=read(after), limit=limit
    )
    following = written(conversations.cursor(rows[-1])) if len(rows) >= limit else ""
    return Page(items=rows, next=following)


@get("/{conversation:int}")
async def one(rt: Services, who: Asker, conversation: Ident) -> ConversationRow:
    return await conversations.conversation(rt, who.tenant, conversation)


@get("/{conversation:int}/messages")
async def messages(
    rt: Services, who: Asker, conversation: Ident, before: Before = LAST, limit: Limit = 50
) -> Page[MessageRow]:
    """Newest first."""
    rows = await conversations.messages(rt, who.tenant, conversation, before=before, limit=limit)
    return by_id(rows, limit)


@get("/{conversation:int}/notes")
async def notes(rt: Services, who: Asker, conversation: Ident) -> list[NoteRow]:
    await conversations.conversation(rt, who.tenant, conversation)
    return await conversations.notes(rt, who.tenant, conversation)


@get("/{conversation:int}/traces")
async def turns(
    rt: Services, who: Asker, conversation: Ident, before: Before = LAST, limit: Limit = 20
) -> Page[TraceRow]:
    """The turns, newest first: event, nodes visited with their exits, rule readings, changed variables."""
    await conversations.conversation(rt, who.tenant, conversation)
    rows = await traces.traces(rt, who.tenant, conversation, before=before, limit=limit)
    return by_id(rows, limit)


@get("/search")
async def search(
    rt: Services, who: Asker, words: Words, before: Before = LAST, limit: Limit = 50
) -> Page[MessageRow]:
    """Messages with all these words; "quotes" and -minus work, case and accents do not matter."""
    return by_id(await conversations.search(rt, who.tenant, words, before=before, limit=limit), limit)


router = Router(
    "/api/v1/conversations",
    route_handlers=[listed, search, one, messages, notes, turns, *answering.handlers, *handling.handlers],
    guards=[needs("conversations:read")],
    tags=["conversations"],
)
