"""Conversations as people work with them: read, take, answer, note, give back, close.

One owner at a time. Taking, giving back and closing move the epoch on, so what the bot still has under way from
before is fenced off.
"""

from __future__ import annotations

from uuid import uuid4

from engine.core.errors import TramaError
from engine.core.message import Outbound, plain
from engine.services import tickets as desk
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import audit, news
from engine.store import conversations as store
from engine.store import events as event_store
from engine.store.conversations import (
    ConversationRow,
    Cursor,
    MessageRow,
    NoteRow,
    OwnerName,
    State,
)
from engine.store.news import Told
from engine.store.payloads import clean, encode

MOST = 200
LAST = 2**62


async def conversations(
    rt: Runtime,
    tenant: int,
    *,
    state: State | None = None,
    owner: OwnerName | None = None,
    after: Cursor | None = None,
    limit: int = 50,
) -> list[ConversationRow]:
    """A page, latest message first. The next one begins after `cursor(rows[-1])`."""
    async with rt.db.tenant(tenant) as c:
        return await store.page(c, state=state, owner=owner, after=after, limit=_capped(limit))


def cursor(row: ConversationRow) -> Cursor:
    return Cursor(row.last_message_at, row.id)


async def conversation(rt: Runtime, tenant: int, ident: int) -> ConversationRow:
    """Raises `conversation:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await store.get(c, ident)


async def of_contact(rt: Runtime, tenant: int, contact: int) -> list[ConversationRow]:
    async with rt.db.tenant(tenant) as c:
        return await store.of_contact(c, contact, 50)


async def counts(rt: Runtime, tenant: int) -> dict[str, int]:
    """Open conversations by owner (`bot`, `ai`, `person`) and tickets `waiting`."""
    async with rt.db.tenant(tenant) as c:
        return await store.counts(c)


async def messages(
    rt: Runtime, tenant: int, conversation: int, *, before: int = LAST, limit: int = 50
) -> list[MessageRow]:
    """A page, newest first. Raises `conversation:unknown`."""
    async with rt.db.tenant(tenant) as c:
        await store.get(c, conversation)
        return await store.messages(c, conversation, before=before, limit=_capped(limit))


async def messages_since(
    rt: Runtime, tenant: int, conversation: int, after: int, *, limit: int = 200
) -> list[MessageRow]:
    """What came after the message `after`, oldest first: how a client that was away catches up."""
    async with rt.db.tenant(tenant) as c:
        return await store.messages_since(c, conversation, after=after, limit=_capped(limit))


async def search(
    rt: Runtime, tenant: int, words: str, *, before: int = LAST, limit: int = 50
) -> list[MessageRow]:
    """Messages with all these words; "quotes" and -minus work; case and accents do not matter."""
    async with rt.db.tenant(tenant) as c:
        return await store.search(c, clean(words)[:200], before=before, limit=_capped(limit))


async def seen(rt: Runtime, tenant: int, conversation: int) -> None:
    async with rt.db.tenant(tenant) as c:
        await store.mark_seen(c, conversation)
    rt.live.publish(News("conversation_changed", tenant, conversation))


async def take(rt: Runtime, tenant: int, conversation: int, person: int, *, expect: int | None = None) -> int:
    """A person takes the conversation; the new epoch. `expect` is the epoch on the caller's screen: two people who
    reach for it at once get one owner, the other `conversation:taken`."""
    async with rt.db.tenant(tenant) as c:
        await store.change_owner(c, conversation, "person", person, expect=expect)
        told = await desk.take(rt, c, conversation, person)
        await audit.note(c, "conversation_taken", f"conversation:{conversation}", person=person)
        epoch = (await store.get(c, conversation)).epoch
        numbers = await news.tell(c, told)
    rt.live.spread(tenant, told, numbers)
    _changed(rt, tenant, conversation, "person")
    return epoch


async def give_back(rt: Runtime, tenant: int, conversation: int, *, person: int | None = None) -> int:
    """The bot has it again, from the next message on; the new epoch."""
    async with rt.db.tenant(tenant) as c:
        epoch = await store.change_owner(c, conversation, "bot", None, expect=None)
        told = await desk.end(rt, c, conversation, "desk:given-back", state="transferred")
        await audit.note(c, "conversation_given_back", f"conversation:{conversation}", person=person)
        numbers = await news.tell(c, told)
    rt.live.spread(tenant, told, numbers)
    rt.nudge(tenant)
    _changed(rt, tenant, conversation, "bot")
    return epoch


async def reply(
    rt: Runtime, tenant: int, conversation: int, content: Outbound, *, person: int, reply_to: str = ""
) -> int:
    """A person answers; the message's id. The one who answers owns the conversation: if the bot has it, it is
    taken first. Raises `conversation:taken` when another person owns it, `message:empty`."""
    text = plain(content)
    told: list[Told] = []
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, conversation)
        if row.owner == "person" and row.person_id not in (None, person):
            raise TramaError("conversation:taken", "another person serves this conversation")
        if row.owner != "person" or row.person_id is None:
            await store.change_owner(c, conversation, "person", person, expect=row.epoch)
            told += await desk.take(rt, c, conversation, person)
        elif row.flow:
            await store.take_the_word(c, conversation)
        message = await store.say(
            c,
            conversation,
            f"p{uuid4().hex}",
            encode(content),
            text,
            author="person",
            person=person,
            reply_to=reply_to,
        )
        await desk.answered(rt, c, conversation)
        told.append(
            Told(kind="message_sent", conversation=conversation, person=person, data={"message": message})
        )
        numbers = await news.tell(c, told)
    rt.bell.ring("deliver")
    rt.live.spread(tenant, told, numbers)
    _changed(rt, tenant, conversation, "person")
    return message


async def note(rt: Runtime, tenant: int, conversation: int, text: str, *, person: int | None = None) -> int:
    """A note that only people see."""
    async with rt.db.tenant(tenant) as c:
        await store.get(c, conversation)
        ident = await store.add_note(c, conversation, text[:10_000], person)
    rt.live.publish(News("conversation_changed", tenant, conversation, {"note": ident}))
    return ident


async def notes(rt: Runtime, tenant: int, conversation: int) -> list[NoteRow]:
    async with rt.db.tenant(tenant) as c:
        return await store.notes(c, conversation)


async def close(
    rt: Runtime, tenant: int, conversation: int, reason: str = "", *, person: int | None = None
) -> None:
    """End it. Flows that start on `conversation.closed` (a rating, for example) run afterwards."""
    async with rt.db.tenant(tenant) as c:
        await store.get(c, conversation)
        if not await store.close(c, conversation, reason):
            return
        told = await desk.end(rt, c, conversation, reason)
        data = {"reason": reason, "by": person or 0}
        await event_store.put(c, [conversation], "conversation.closed", data, f"closed:{uuid4().hex}")
        await audit.note(
            c,
            "conversation_closed",
            f"conversation:{conversation}",
            person=person,
            after={"reason": reason[:200]},
        )
        numbers = await news.tell(c, told)
    rt.turns.ring()
    rt.live.spread(tenant, told, numbers)
    rt.nudge(tenant)
    _changed(rt, tenant, conversation, "bot")


def _changed(rt: Runtime, tenant: int, conversation: int, owner: str) -> None:
    rt.live.publish(News("conversation_changed", tenant, conversation, {"owner": owner}))


def _capped(limit: int) -> int:
    return max(1, min(limit, MOST))
