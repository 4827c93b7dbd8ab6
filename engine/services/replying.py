"""A person answers a customer: inside the channel's window and limits, with attachments, signs of typing and reading.

The window is the channel's rule: so many hours after the customer's last message anything may be said, later only an
approved template (`engine.services.templates.send`).
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from connectors.registry import channel as channel_type
from engine.core.errors import TramaError
from engine.core.inbound import Identity
from engine.core.message import Limits, Media, MediaKind, Outbound, Template, Text
from engine.services import clock, conversations, delivery, uploads
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import audit, drafts, inbox_thread
from engine.store import conversations as store
from engine.store import mentions as mention_store
from engine.store.payloads import clean

TYPING_SECONDS = 15.0
"""A channel shows the sign for so long; it is not sent more often."""
MOST_FILES = 10


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """`hours` 0: the channel has no window and `open` is always true. `until` is on the company's clock; None when the
    customer never wrote or there is no window."""

    hours: int
    open: bool
    until: datetime | None
    templates: bool


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was taken up. `name` names it when it is sent."""

    name: str
    kind: MediaKind
    filename: str
    url: str
    bytes: int


def limits(kind: str) -> Limits:
    """What a channel of that kind can carry."""
    return channel_type(kind).limits


class Reached(Protocol):
    """A conversation as far as its window goes."""

    @property
    def channel_kind(self) -> str: ...

    @property
    def last_inbound_at(self) -> datetime | None: ...


def window_of(row: Reached, now: datetime) -> Window:
    """The window of a conversation at `now` (the company's clock)."""
    rule = limits(row.channel_kind)
    if not rule.window_hours:
        return Window(hours=0, open=True, until=None, templates=rule.templates)
    until = None
    if row.last_inbound_at is not None:
        until = row.last_inbound_at + timedelta(hours=rule.window_hours)
    return Window(
        hours=rule.window_hours, open=until is not None and now < until, until=until, templates=rule.templates
    )


async def window(rt: Runtime, tenant: int, conversation: int) -> Window:
    """Raises `conversation:unknown`."""
    row = await conversations.conversation(rt, tenant, conversation)
    return window_of(row, await clock.now(rt, tenant))


async def send(
    rt: Runtime, tenant: int, conversation: int, content: Outbound, *, person: int, reply_to: str = ""
) -> int:
    """A person answers; the message's id. Raises `window:closed` (a template would go), `message:empty`,
    `message:too-long`, `conversation:closed`, `conversation:taken` when another person serves it, and what
    `conversations.reply` raises."""
    row = await conversations.conversation(rt, tenant, conversation)
    if row.state == "closed":
        raise TramaError("conversation:closed", "the conversation was closed; open it again first")
    if not isinstance(content, Template):
        if not window_of(row, await clock.now(rt, tenant)).open:
            raise TramaError("window:closed", "the customer wrote too long ago; only a template may be sent")
        _fits(content, limits(row.channel_kind))
    message = await conversations.reply(
        rt, tenant, conversation, content, person=person, reply_to=clean(reply_to)
    )
    async with rt.db.tenant(tenant) as c:
        if isinstance(content, Text | Template):
            await drafts.save(c, person, conversation, "reply", "", "", int(time.time() * 1000))
        await inbox_thread.snooze(c, conversation, None, None)
    return message


def _fits(content: Outbound, rule: Limits) -> None:
    if isinstance(content, Text):
        if not clean(content.text).strip():
            raise TramaError("message:empty", "there is nothing to send", path="/text")
        if len(content.text) > rule.text:
            raise TramaError("message:too-long", f"at most {rule.text} characters", path="/text")
    elif isinstance(content, Media) and len(content.caption) > rule.caption:
        raise TramaError(
            "message:too-long", f"a caption has at most {rule.caption} characters", path="/caption"
        )


async def attach(rt: Runtime, tenant: int, filename: str, body: bytes) -> Kept:
    """Take up a file that an agent wants to send. Its kind is told by its ending and its first bytes together. Raises
    `media:wrong-type`, `media:too-large`, `media:empty`, `media:bad-name`."""
    name = filename.rpartition("/")[2].rpartition("\\")[2].strip()
    if not name or len(name) > 200 or any(not ch.isprintable() for ch in name) or name.startswith("."):
        raise TramaError("media:bad-name", "a file needs a plain name with an ending", path="/file")
    ending = name.rpartition(".")[2].lower()
    kind = next((k for k, accepted in uploads.ACCEPTED.items() if ending in accepted.types), None)
    if kind is None:
        every = sorted({e for accepted in uploads.ACCEPTED.values() for e in accepted.types})
        raise TramaError("media:wrong-type", f"known: {', '.join(every)}", path="/file")
    url = await uploads.keep(rt, tenant, kind, name, body)
    return Kept(
        name=url.rpartition("/")[2],
        kind=msgspec.convert(kind, MediaKind),
        filename=name,
        url=url,
        bytes=len(body),
    )


def attached(rt: Runtime, tenant: int, name: str, *, caption: str = "", filename: str = "") -> Media:
    """The content that sends a file of `attach`. Raises `media:unknown`."""
    found = uploads.served(rt, tenant, name)
    if found is None:
        raise TramaError("media:unknown", "this file was not uploaded here", path="/file")
    ending = name.rpartition(".")[2]
    kind = next(k for k, accepted in uploads.ACCEPTED.items() if ending in accepted.types)
    base = rt.settings.public_url.rstrip("/") or f"http://127.0.0.1:{rt.settings.port}"
    return Media(
        kind=msgspec.convert(kind, MediaKind),
        url=f"{base}/files/{tenant}/{name}",
        mime=found.mime,
        caption=caption,
        filename=filename[:200] if kind == "document" else "",
        voice=kind == "audio" and ending == "ogg",
    )


async def retry(rt: Runtime, tenant: int, conversation: int, message: int, *, person: int) -> None:
    """Send a failed message again. Raises `message:unknown`, `message:not-failed`, `window:closed`."""
    row = await conversations.conversation(rt, tenant, conversation)
    now = await clock.now(rt, tenant)
    async with rt.db.tenant(tenant) as c:
        found, outbox = await inbox_thread.message(c, conversation, message)
        if found.status != "failed" or not outbox:
            raise TramaError("message:not-failed", "only a message that failed is sent again")
        if found.content.get("type") != "template" and not window_of(row, now).open:
            raise TramaError("window:closed", "the customer wrote too long ago; only a template may be sent")
        await inbox_thread.requeued(c, message)
        await audit.note(c, "message_retried", f"message:{message}", person=person, conversation=conversation)
    try:
        await delivery.retry(rt, tenant, outbox)
    except TramaError as fault:
        if fault.code != "delivery:no-dead-letter":
            raise
        raise TramaError("message:not-failed", "somebody sent it again already") from None
    rt.live.publish(News("message_changed", tenant, conversation, {"message": message, "status": "queued"}))


async def seen(rt: Runtime, tenant: int, conversation: int, *, person: int) -> None:
    """The person has it before their eyes: nothing in it is unread, their mentions are seen, and where
    they serve it the customer is told that it was read."""
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, conversation)
        new = row.unread > 0
        await store.mark_seen(c, conversation)
        named = await mention_store.seen(c, person, conversation)
        told = False
        if new and row.person_id == person:
            told = await inbox_thread.mark_read(
                c, conversation, f"r{conversation}.{row.messages}", msgspec.json.encode({"typing": False})
            )
    if told:
        rt.bell.ring("deliver")
    if new or named:
        rt.live.publish(News("conversation_changed", tenant, conversation, {"seen": True}, person=person))


async def typing(rt: Runtime, tenant: int, conversation: int, *, person: int, name: str) -> None:
    """The person types: colleagues see it at once, the customer where the channel has a sign for it. Call it as
    often as one likes; the sign goes out every 15 seconds at most."""
    rt.live.publish(News("typing", tenant, conversation, {"person": person, "name": name[:60]}))
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, conversation)
        if row.person_id != person or row.state != "open":
            return
        slot = int(time.time() // TYPING_SECONDS)
        told = await inbox_thread.mark_read(
            c, conversation, f"t{conversation}.{slot}", msgspec.json.encode({"typing": True})
        )
    if told:
        rt.bell.ring("deliver")


async def customer_types(rt: Runtime, tenant: int, channel: int, names: list[Identity]) -> None:
    """The channel says that somebody types: whoever has their conversation open sees it."""
    async with rt.db.tenant(tenant) as c:
        conversation = await inbox_thread.open_of(
            c, channel, [n.kind for n in names], [n.value for n in names]
        )
    if conversation is not None:
        rt.live.publish(News("typing", tenant, conversation, {"channel": channel}))


def reason(error: str) -> tuple[str, str]:
    """The code and the rest of what a failed message says (`delivery:no-address no identity …`)."""
    code, _, rest = error.partition(" ")
    return (code, rest) if ":" in code else ("", error)
