"""What people do with a conversation as a whole: take it, pass it on, end it, move it, let a flow run in it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation
from msgspec import Meta

from engine.api.access import needs
from engine.api.inbox import person
from engine.api.pages import BIGGEST, Ident
from engine.services import conversations, events, moving, tickets
from engine.services.moving import Way
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import ConversationRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
WRITE = [needs("conversations:write")]


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """`epoch` is the number of the ownership that was seen: of two who reach for it at once one gets it."""

    epoch: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """To an agent (`person`) or a queue; `note` is left for who gets it."""

    person: Annotated[int, Meta(ge=0, le=BIGGEST)] | None = None
    queue: Annotated[str, Meta(max_length=63)] = ""
    note: Annotated[str, Meta(max_length=10_000)] = ""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    reason: Annotated[str, Meta(max_length=200)] = ""


class Moving(msgspec.Struct, frozen=True, kw_only=True):
    channel: Annotated[int, Meta(ge=0, le=BIGGEST)]


class Went(msgspec.Struct, frozen=True, kw_only=True):
    how: Literal["moved", "invited"]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    flow: Annotated[str, Meta(min_length=1, max_length=100)]
    arguments: dict[Annotated[str, Meta(max_length=100)], Any] = {}


@post("/{conversation:int}/take", guards=WRITE, status_code=200)
async def take(rt: Services, who: Asker, conversation: Ident, data: JSONBody[Take]) -> ConversationRow:
    """It is mine from now on."""
    await conversations.take(rt, who.tenant, conversation, person(who), expect=data.epoch)
    return await conversations.conversation(rt, who.tenant, conversation)


@post("/{conversation:int}/give-back", guards=WRITE, status_code=200)
async def give_back(rt: Services, who: Asker, conversation: Ident) -> ConversationRow:
    """The bot has it again, from the next message on."""
    await conversations.conversation(rt, who.tenant, conversation)
    await conversations.give_back(rt, who.tenant, conversation, person=who.person)
    return await conversations.conversation(rt, who.tenant, conversation)


@post("/{conversation:int}/transfer", guards=WRITE, status_code=200)
async def transfer(
    rt: Services, who: Asker, conversation: Ident, data: JSONBody[Transfer]
) -> ConversationRow:
    """To an agent, or into the line of a queue at the place that the waiting so far has earned. From the bot too: this
    is how another system asks for a person."""
    await tickets.transfer(
        rt, who.tenant, conversation, queue=data.queue, person=data.person, note=data.note, by=who.person
    )
    return await conversations.conversation(rt, who.tenant, conversation)


@post("/{conversation:int}/close", guards=WRITE, status_code=200)
async def close(rt: Services, who: Asker, conversation: Ident, data: JSONBody[Closing]) -> ConversationRow:
    """End it. Flows that start at the end of a conversation run afterwards."""
    await conversations.close(rt, who.tenant, conversation, data.reason, person=who.person)
    return await conversations.conversation(rt, who.tenant, conversation)


@get("/{conversation:int}/ways")
async def ways(rt: Services, who: Asker, conversation: Ident) -> list[Way]:
    """The channels on which it could go on."""
    return await moving.ways(rt, who.tenant, conversation)


@post("/{conversation:int}/move", guards=WRITE, status_code=200)
async def move(rt: Services, who: Asker, conversation: Ident, data: JSONBody[Moving]) -> Went:
    """Go on over another channel, or send the contact a link to it."""
    return Went(how=await moving.move(rt, who.tenant, conversation, data.channel, by=who.person))


@post("/{conversation:int}/flow", guards=WRITE, status_code=202)
async def run_flow(rt: Services, who: Asker, conversation: Ident, data: JSONBody[Command]) -> None:
    """Let a live flow run in it."""
    await conversations.conversation(rt, who.tenant, conversation)
    await events.start_flow(rt, who.tenant, conversation, data.flow, data.arguments, person=who.person)


handlers = (take, give_back, transfer, close, ways, move, run_flow)
"""Routes below a conversation; they stand in its router, because one path has one router."""
