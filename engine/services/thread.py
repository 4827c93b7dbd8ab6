"""A conversation as an agent reads it: messages, notes and what people did with it, in one order; and what is known of
the customer beside it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import msgspec

from connectors.calls import Failed
from engine.services import calls
from engine.services.runtime import Runtime
from engine.store import contacts as contact_store
from engine.store import conversations as store
from engine.store import identities as identity_store
from engine.store import inbox_thread
from engine.store import tickets as ticket_store
from engine.store.calls import Asked
from engine.store.channels import ChannelRow, listed
from engine.store.contacts import ContactRow
from engine.store.conversations import ConversationRow, MessageRow
from engine.store.database import Connection
from engine.store.identities import ConsentRow, IdentityRow
from engine.store.inbox_thread import DeedLine, NoteLine
from engine.store.tickets import TicketRow

PAGE = 50
LAST = 2**62
SHOWN_DEEDS = frozenset(
    "conversation_taken conversation_given_back conversation_closed conversation_moved conversation_invited "
    "conversation_snoozed conversation_unsnoozed invitation_accepted ticket_assigned ticket_transferred".split()
)
_ERP_SECONDS = 8.0
_OPEN = ("waiting", "serving")


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What a message answers to. `message` 0: it is not here (too old, or another channel's)."""

    message: int
    direction: Literal["in", "out", ""]
    text: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the thread: exactly one of the three is set."""

    at: datetime
    message: MessageRow | None = None
    note: NoteLine | None = None
    deed: DeedLine | None = None


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """`entries` oldest first. `before` is where the page before begins, 0 at the beginning of the conversation;
    `quotes` by the external id that messages answer to, `people` the names behind `person_id`."""

    entries: list[Entry]
    before: int
    quotes: dict[str, Quote]
    people: dict[int, str]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a conversation. `history` are the customer's conversations on all channels, newest first."""

    contact: ContactRow
    identities: list[IdentityRow]
    consents: list[ConsentRow]
    history: list[ConversationRow]
    ticket: TicketRow | None
    past: list[TicketRow]
    channels: dict[int, str]
    people: dict[int, str]


class Invoices(msgspec.Struct, frozen=True, kw_only=True):
    """What the ERP says of a customer. `state`: `ok`, `not_configured`, `no_document` (nobody gave a CPF), `unknown`
    (the ERP has no such customer) or `failed` with a `code`. Amounts in centavos."""

    state: Literal["ok", "not_configured", "no_document", "unknown", "failed"]
    code: str = ""
    customer: dict[str, Any] = {}
    items: list[dict[str, Any]] = []


async def thread(
    rt: Runtime, tenant: int, conversation: int, *, before: int = LAST, limit: int = PAGE
) -> Thread:
    """The page of messages before the id `before`, with the notes and deeds of that time. Raises
    `conversation:unknown`."""
    limit = max(1, min(limit, 200))
    async with rt.db.tenant(tenant) as c:
        await store.get(c, conversation)
        messages = await store.messages(c, conversation, before=before, limit=limit)
        more = len(messages) == limit
        since = messages[-1].created_at if more else None
        until = None
        if before < LAST:
            bound = await store.messages_since(c, conversation, after=before - 1, limit=1)
            until = bound[0].created_at if bound else None
        entries = [Entry(at=m.created_at, message=m) for m in messages]
        entries += [Entry(at=n.at, note=n) for n in await inbox_thread.notes(c, conversation, since, until)]
        entries += [
            Entry(at=d.at, deed=d)
            for d in await inbox_thread.deeds(c, conversation, since, until)
            if d.action in SHOWN_DEEDS
        ]
        quotes = await _quotes(c, conversation, messages)
        people = await inbox_thread.names(c, _persons(entries))
    entries.sort(key=lambda e: (e.at, e.message.id if e.message is not None else LAST))
    return Thread(entries=entries, before=messages[-1].id if more else 0, quotes=quotes, people=people)


async def since(rt: Runtime, tenant: int, conversation: int, after: int, at: datetime | None) -> Thread:
    """What came after the message `after`; of notes and deeds what is later than `at`."""
    async with rt.db.tenant(tenant) as c:
        messages = await store.messages_since(c, conversation, after=after, limit=200)
        entries = [Entry(at=m.created_at, message=m) for m in messages]
        entries += [
            Entry(at=n.at, note=n)
            for n in await inbox_thread.notes(c, conversation, at, None)
            if at is None or n.at > at
        ]
        entries += [
            Entry(at=d.at, deed=d)
            for d in await inbox_thread.deeds(c, conversation, at, None)
            if d.action in SHOWN_DEEDS and (at is None or d.at > at)
        ]
        quotes = await _quotes(c, conversation, messages)
        people = await inbox_thread.names(c, _persons(entries))
    entries.sort(key=lambda e: (e.at, e.message.id if e.message is not None else LAST))
    return Thread(entries=entries, before=0, quotes=quotes, people=people)


def _persons(entries: list[Entry]) -> list[int]:
    """Whose names the lines speak of."""
    found = [e.message.person_id for e in entries if e.message is not None]
    for entry in entries:
        after = entry.deed.detail.get("after") if entry.deed is not None else None
        if isinstance(after, dict) and isinstance(after.get("person"), int):
            found.append(after["person"])
    return [p for p in found if p is not None]


async def message(rt: Runtime, tenant: int, conversation: int, ident: int) -> MessageRow:
    """Raises `message:unknown`."""
    async with rt.db.tenant(tenant) as c:
        return (await inbox_thread.message(c, conversation, ident))[0]


async def _quotes(c: Connection, conversation: int, messages: list[MessageRow]) -> dict[str, Quote]:
    wanted = {m.reply_to for m in messages if m.reply_to}
    wanted |= {str(m.content.get("to", "")) for m in messages if m.content.get("type") == "reaction"}
    wanted -= {""}
    if not wanted:
        return {}
    found = await inbox_thread.quoted(c, conversation, sorted(wanted))
    return {
        external: Quote(
            message=found[external][0],
            direction="in" if found[external][1] == "in" else "out",
            text=found[external][2],
        )
        if external in found
        else Quote(message=0, direction="", text="")
        for external in wanted
    }


async def card(rt: Runtime, tenant: int, conversation: int) -> Card:
    """Raises `conversation:unknown`."""
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, conversation)
        channels: list[ChannelRow] = await listed(c)
        tickets = await ticket_store.history(c, contact=row.contact_id, limit=20)
        return Card(
            contact=await contact_store.get(c, row.contact_id),
            identities=await identity_store.identities(c, row.contact_id),
            consents=await identity_store.consents(c, row.contact_id),
            history=await store.of_contact(c, row.contact_id, 20),
            ticket=next((t for t in tickets if t.conversation_id == conversation and t.state in _OPEN), None),
            past=[t for t in tickets if t.state not in _OPEN],
            channels={k.id: k.name for k in channels},
            people=await inbox_thread.names(c, [t.person_id for t in tickets if t.person_id is not None]),
        )


async def invoices(rt: Runtime, tenant: int, contact: int) -> Invoices:
    """The customer's invoices, asked of the ERP now. Eight seconds at most; never raises for the ERP's faults."""
    async with rt.db.tenant(tenant) as c:
        cpf = (await contact_store.get(c, contact)).cpf
        known = await inbox_thread.has_service(c, "erp")
    if not known:
        return Invoices(state="not_configured")
    if not cpf:
        return Invoices(state="no_document")
    found = await _ask(rt, tenant, "customer", {"cpf": cpf})
    if isinstance(found, Failed):
        state: Literal["unknown", "failed"] = "unknown" if found.code == "erp:not-found" else "failed"
        return Invoices(state=state, code=found.code)
    listed = await _ask(rt, tenant, "invoices", {"customer_id": found["id"]})
    if isinstance(listed, Failed):
        return Invoices(state="failed", code=listed.code)
    return Invoices(state="ok", customer=found, items=listed)


async def _ask(rt: Runtime, tenant: int, operation: str, args: dict[str, Any]) -> Any:
    asked = Asked(
        id=f"inbox:{uuid4().hex}",
        conversation=None,
        epoch=None,
        service="erp",
        operation=operation,
        args=msgspec.json.encode(args),
        answers=True,
        deadline=None,
        timeout=_ERP_SECONDS,
        attempts=1,
    )
    result = await calls.ask_now(rt, tenant, asked)
    return result if isinstance(result, Failed) else result.value
