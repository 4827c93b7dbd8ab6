"""The agents' inbox: what is in each view, how many, what a search finds, and the tags of a conversation.

A list is the same for everybody but for three things that are each person's own: which queues they serve, where they
were mentioned, and where they have a draft.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from connectors.phone import normalise, variants
from engine.core.errors import TramaError
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import audit, inbox_thread
from engine.store import inbox as store
from engine.store.database import Connection
from engine.store.inbox import Filters, InboxCursor, InboxRow, View
from engine.store.payloads import clean

MOST = 100
LAST = 2**62
MOST_TAGS = 20
TAG_LENGTH = 40
_WORD = re.compile(r"[^\W_]+")
_TAIL = 8
"""Digits at the end of a number that all its spellings share, with and without country, area and ninth digit."""

Why = Literal["name", "number", "protocol", "message"]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that a search found. `why` tells by what; `text` and `message` the words and where they stand."""

    row: InboxRow
    why: Why
    text: str = ""
    message: int = 0


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """`next`: the search goes on among messages before this id; 0 at the end."""

    hits: list[Hit]
    next: int = 0


async def conversations(
    rt: Runtime,
    tenant: int,
    person: int,
    view: View = "mine",
    *,
    filters: Filters | None = None,
    after: InboxCursor | None = None,
    limit: int = 50,
) -> list[InboxRow]:
    """A page of a view; the next one begins after `cursor(view, rows[-1])`."""
    async with rt.db.tenant(tenant) as c:
        return await store.page(
            c, view, person, _clean(filters or Filters()), after=after, limit=max(1, min(limit, MOST))
        )


def cursor(view: View, row: InboxRow) -> InboxCursor:
    return store.cursor(view, row)


async def row(rt: Runtime, tenant: int, person: int, conversation: int) -> InboxRow:
    """One line, as it is now. Raises `conversation:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return await store.row(c, person, conversation)


async def rows(rt: Runtime, tenant: int, person: int, ids: list[int]) -> list[InboxRow]:
    """These lines, as they are now; what there is not is left out."""
    async with rt.db.tenant(tenant) as c:
        return await store.rows(c, person, ids[:MOST])


async def counts(rt: Runtime, tenant: int, person: int) -> dict[View, int]:
    """How many each view holds, up to 1,000 ("and more"); of `mentions` the unseen ones; `closed` is not counted."""
    async with rt.db.tenant(tenant) as c:
        return await store.counts(c, person)


async def my_queues(rt: Runtime, tenant: int, person: int) -> list[str]:
    """Keys of the queues that the person serves."""
    async with rt.db.tenant(tenant) as c:
        return await store.my_queues(c, person)


def holds(view: View, row: InboxRow, person: int, queues: list[str]) -> bool:
    """Whether a line that changed belongs into a view, as the database would say. `mentions` only grows, so what is
    listed there stays."""
    match view:
        case "mine":
            return row.state == "open" and row.person_id == person and row.snoozed_until is None
        case "queue":
            waits = row.ticket is not None and row.ticket.state == "waiting" and row.state == "open"
            return waits and row.ticket is not None and row.ticket.queue in queues
        case "mentions":
            return row.mentioned
        case "snoozed":
            return row.snoozed_until is not None and row.person_id in (person, None)
        case "bot":
            return row.state == "open" and row.owner in ("bot", "ai")
        case "all":
            return row.state == "open"
        case "closed":
            return row.state == "closed"


async def search(
    rt: Runtime, tenant: int, person: int, words: str, *, before: int = LAST, limit: int = 30
) -> Found:
    """Conversations by the customer's name or e-mail, by the end of a number in any spelling, by a protocol, and by
    words of messages (each may be the beginning of one; case and accents do not matter). People come first, then
    messages, newest first; `before` goes on among messages."""
    words = clean(words).strip()[:200]
    limit = max(1, min(limit, MOST))
    query = " & ".join(f"{w}:*" for w in _WORD.findall(words)[:8])
    if not query:
        return Found(hits=[])
    why: dict[int, tuple[Why, str, int]] = {}
    async with rt.db.tenant(tenant) as c:
        if before >= LAST:
            for ident in await store.by_protocol(c, words.lstrip("#").strip()):
                why.setdefault(ident, ("protocol", "", 0))
            digits = "".join(ch for ch in words if ch.isdigit())
            if len(digits) >= 4 and not any(ch.isalpha() for ch in words):
                people = await _by_number(c, digits)
                for ident in await store.of_contacts(c, people, limit):
                    why.setdefault(ident, ("number", "", 0))
            people = await store.by_name(c, query, 50)
            for ident in await store.of_contacts(c, people, limit):
                why.setdefault(ident, ("name", "", 0))
        said = await store.by_words(c, query, before, limit)
        for message, ident, text in said:
            why.setdefault(ident, ("message", _around(text, words), message))
        found = await store.rows(c, person, list(why))
    hits = [
        Hit(row=r, why=why[r.id][0], text=why[r.id][1], message=why[r.id][2]) for r in found if r.id in why
    ]
    return Found(hits=hits, next=said[-1][0] if len(said) >= limit else 0)


async def _by_number(c: Connection, digits: str) -> list[int]:
    """A whole number is known by all its spellings; of a piece the end is looked for."""
    found = await store.by_number(c, digits[-_TAIL:], 50)
    if len(digits) >= _TAIL:
        found += await store.by_identity(c, [digits, *variants(normalise(digits) or digits)])
    return list(dict.fromkeys(found))


async def tag(rt: Runtime, tenant: int, conversation: int, tags: list[str], *, by: int | None) -> list[str]:
    """Set the tags of a conversation; as they are kept: trimmed, each once, in their order. Raises `inbox:bad-tag`,
    `inbox:too-many-tags`, `conversation:unknown`."""
    kept: list[str] = []
    for n, raw in enumerate(tags):
        one = " ".join(clean(raw).split())
        if not one or len(one) > TAG_LENGTH or any(not ch.isprintable() for ch in one):
            raise TramaError("inbox:bad-tag", f"a tag has 1 to {TAG_LENGTH} characters", path=f"/tags/{n}")
        if one.casefold() not in (k.casefold() for k in kept):
            kept.append(one)
    if len(kept) > MOST_TAGS:
        raise TramaError("inbox:too-many-tags", f"at most {MOST_TAGS} tags", path="/tags")
    async with rt.db.tenant(tenant) as c:
        before = await inbox_thread.tag(c, conversation, kept)
        if before != kept:
            await audit.note(
                c,
                "conversation_tagged",
                f"conversation:{conversation}",
                person=by,
                before={"tags": before},
                after={"tags": kept},
            )
    rt.live.publish(News("conversation_changed", tenant, conversation, {"tags": True}))
    return kept


async def known_tags(rt: Runtime, tenant: int) -> list[str]:
    """Tags in use, the most used first."""
    async with rt.db.tenant(tenant) as c:
        return await inbox_thread.known_tags(c)


def _around(text: str, words: str) -> str:
    """The part of a message around the first word that was looked for."""
    first = words.split()[0].casefold()
    at = text.casefold().find(first)
    start = max(0, at - 40)
    piece = text[start : start + 160]
    return ("…" if start else "") + piece + ("…" if start + 160 < len(text) else "")


def _clean(filters: Filters) -> Filters:
    return msgspec.structs.replace(filters, queue=clean(filters.queue), tag=clean(filters.tag))
