"""Going on over another channel: the thread stays one, both sides are told.

Where the contact is known on the other channel (or has a number that it takes) the conversation moves at once. To a
webchat they are invited: the link's secret stands behind `#`, which browsers do not send, works once and for a day,
and makes the visitor who follows it the same contact.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Literal
from uuid import uuid4

import msgspec

from engine.core.errors import TramaError
from engine.core.message import Text
from engine.services import tickets
from engine.services.desk import say
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import audit, news, tenants
from engine.store import conversations as store
from engine.store import moving as moving_store
from engine.store.conversations import ConversationRow
from engine.store.database import Connection
from engine.store.moving import Reach
from engine.store.payloads import encode

HOURS = 24
LEAVING = "desk.moving"
ARRIVED = "desk.moved"
INVITING = "desk.invited"
READY_MADE = {
    LEAVING: "Vamos continuar esta conversa por {{ channel }}.",
    ARRIVED: "Continuamos aqui o seu atendimento, protocolo {{ protocol }}.",
    INVITING: "Para continuar esta conversa por {{ channel }}, abra: {{ link }}",
}
"""What the contact is told; a company's own words stand under these keys in `TenantSettings.texts`."""


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """`how`: `now` moves at once, `invite` sends the contact a link, `none` says that they are not known there."""

    channel: int
    kind: str
    name: str
    how: Literal["now", "invite", "none"]


class Invitation(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What a link's secret says. It is signed, not sealed: the one who follows it is meant to have it."""

    tenant: int
    conversation: int
    channel: int
    until: int
    nonce: str


async def ways(rt: Runtime, tenant: int, conversation: int) -> list[Way]:
    """The other channels of the company. Raises `conversation:unknown`."""
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, conversation)
        reaches = await moving_store.reaches(c, row.contact_id, row.channel_id)
    return [Way(channel=r.channel, kind=r.kind, name=r.name, how=_how(r, row)) for r in reaches]


async def move(
    rt: Runtime, tenant: int, conversation: int, channel: int, *, by: int | None = None
) -> Literal["moved", "invited"]:
    """Go on over that channel, or invite the contact to it. Raises `conversation:unknown`, `conversation:closed`,
    `moving:no-way` when the contact is not known there. A window that is closed is
    the next message's business."""
    async with rt.db.tenant(tenant) as c:
        row = await store.get(c, conversation)
        if row.state == "closed":
            raise TramaError("conversation:closed", "a conversation that has ended is not moved")
        reaches = await moving_store.reaches(c, row.contact_id, row.channel_id)
        found = next((r for r in reaches if r.channel == channel), None)
        how = _how(found, row) if found is not None else "none"
        if found is None or how == "none":
            raise TramaError("moving:no-way", "the contact is not known on this channel", path="/channel")
        if how == "invite":
            await _invite(rt, c, tenant, row, found)
        else:
            address = found.address or f"wa_id:{row.contact_phone}"
            if not found.address:
                await moving_store.name_contact(
                    c, row.contact_id, channel, "wa_id", row.contact_phone, "the conversation was moved there"
                )
            await _go(rt, c, row, found, address)
        await audit.note(
            c,
            "conversation_moved" if how == "now" else "conversation_invited",
            f"conversation:{conversation}",
            person=by,
            before={"channel": row.channel_id},
            after={"channel": channel},
        )
    rt.bell.ring("deliver")
    rt.live.publish(News("conversation_changed", tenant, conversation, {"channel": channel, "how": how}))
    return "moved" if how == "now" else "invited"


async def accept(rt: Runtime, channel: int, visitor: str, given: str) -> int | None:
    """A visitor of a webchat followed an invitation: they are the contact from now on, and the conversation is here.
    None for an invitation that is forged, old, used, or for another channel."""
    invitation = _read(rt, given)
    if invitation is None or invitation.channel != channel or invitation.until < rt.now().timestamp():
        return None
    async with rt.db.tenant(invitation.tenant) as c:
        row = await store.get(c, invitation.conversation)
        if row.state == "closed" or not await moving_store.use_once(c, invitation.nonce):
            return None
        reaches = await moving_store.reaches(c, row.contact_id, row.channel_id)
        found = next((r for r in reaches if r.channel == channel), None)
        if found is None:
            return None
        await moving_store.name_contact(
            c, row.contact_id, channel, "webchat", visitor, "followed an invitation"
        )
        await _go(rt, c, row, found, f"webchat:{visitor}")
        await audit.note(c, "invitation_accepted", f"conversation:{row.id}", after={"channel": channel})
    rt.bell.ring("deliver")
    rt.live.publish(
        News("conversation_changed", invitation.tenant, row.id, {"channel": channel, "how": "now"})
    )
    return row.id


async def _go(rt: Runtime, c: Connection, row: ConversationRow, to: Reach, address: str) -> None:
    await _say(c, row, LEAVING, channel=to.name)
    other = await moving_store.join(c, row.id, row.contact_id, to.channel)
    if other:
        told = await tickets.end(rt, c, other, "desk:joined", state="transferred")
        await news.tell(c, told)
    await moving_store.move(c, row.id, to.channel, address)
    await _say(c, row, ARRIVED, channel=to.name)


def _how(reach: Reach, row: ConversationRow) -> Literal["now", "invite", "none"]:
    if reach.kind == "webchat":
        return "invite"
    if reach.address:
        return "now"
    return "now" if reach.kind == "whatsapp_cloud" and row.contact_phone else "none"


async def _invite(rt: Runtime, c: Connection, tenant: int, row: ConversationRow, to: Reach) -> None:
    invitation = Invitation(
        tenant=tenant,
        conversation=row.id,
        channel=to.channel,
        until=int(rt.now().timestamp()) + HOURS * 3600,
        nonce=secrets.token_urlsafe(12),
    )
    base = rt.settings.public_url or f"http://{rt.settings.host}:{rt.settings.port}"
    await _say(
        c,
        row,
        INVITING,
        channel=to.name,
        link=f"{base}/webchat/{to.channel}/demo#trama={_signed(rt, invitation)}",
    )


async def _say(c: Connection, row: ConversationRow, key: str, **known: str) -> None:
    """A bubble of the product on the channel where the conversation is at this moment."""
    own = (await tenants.get(c)).settings.texts.get(key, "")
    words = say(own or READY_MADE[key], protocol=row.protocol, **known)
    await store.say(
        c, row.id, f"p{uuid4().hex}", encode(Text(words)), words, author="system", person=None, reply_to=""
    )


def _signed(rt: Runtime, invitation: Invitation) -> str:
    told = base64.urlsafe_b64encode(msgspec.msgpack.encode(invitation)).decode().rstrip("=")
    return f"{told}.{_mac(rt, told)}"


def _read(rt: Runtime, given: str) -> Invitation | None:
    told, _, mac = given[:2000].partition(".")
    if not hmac.compare_digest(_mac(rt, told).encode(), mac.encode()):
        return None
    return msgspec.msgpack.decode(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)), type=Invitation)


def _mac(rt: Runtime, told: str) -> str:
    own = hmac.new(rt.settings.secret_key, b"trama moving", hashlib.sha256).digest()
    return hmac.new(own, told.encode(), hashlib.sha256).hexdigest()[:40]
