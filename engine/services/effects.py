"""What a turn wanted, turned into rows. Pure but for the structs that it fills."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from engine.core.effects import (
    AddNote,
    AnyEffect,
    Call,
    CloseConversation,
    EmitEvent,
    HandOver,
    MarkRead,
    Notify,
    RecordRating,
    ScheduleFlow,
    Send,
    SetConsent,
    StartTimer,
    TagContact,
    UpdateContact,
)
from engine.core.message import plain
from engine.store.payloads import EventPayload, FlowPayload, TimerPayload, clean, encode
from engine.store.tickets import NewTicket
from engine.store.turns import Contact, Seat, Writes

MOST_HOPS = 8
"""How long a chain of events that cause each other may get."""
_COLUMNS = ("name", "phone", "email", "cpf", "language")


class Moment(msgspec.Struct, frozen=True):
    """When the turn was (`at`, the company's clock), how far that clock is ahead, and how long the chain of
    events is that led here."""

    at: datetime
    offset: timedelta
    hops: int = 0


def carry_out(seat: Seat, effect: AnyEffect, writes: Writes, moment: Moment) -> None:
    """Note in `writes` and `seat` what `effect` wants."""
    match effect:
        case Send(id=ident, content=content, reply_to=reply_to):
            text = clean(plain(content))
            encoded = encode(content)
            writes.messages.append((seat.id, seat.channel, encoded, text, ident, reply_to, moment.at))
            writes.outbox.append((ident, seat.id, seat.contact.id, seat.channel, "send", encoded, reply_to))
            seat.sent += 1
            seat.messages += 1
            seat.last_text = text
            seat.last_sent_at = moment.at
        case MarkRead(id=ident, message=message, typing=typing):
            asked = msgspec.json.encode({"typing": typing})
            writes.outbox.append((ident, seat.id, seat.contact.id, seat.channel, "read", asked, message))
        case Call(id=ident, service=service, operation=operation, args=args, timeout=seconds):
            writes.calls.append(
                (ident, seat.id, seat.epoch, service, operation, encode(args), True, min(seconds, 3600.0))
            )
        case Notify(id=ident, by=by, to=to, subject=subject, text=text):
            args = {"to": to, "subject": subject, "text": text}
            writes.calls.append((ident, seat.id, seat.epoch, "notify", by, encode(args), False, 300.0))
        case StartTimer(id=ident, due=due, wait=wait, kind=kind):
            payload = encode(TimerPayload(wait=wait, kind=kind))
            writes.inbox.append(
                (f"timer:{ident}", "timer", seat.id, payload, due - moment.offset, seat.epoch, wait)
            )
        case EmitEvent(id=ident, name=name, data=data):
            if moment.hops < MOST_HOPS:
                payload = encode(EventPayload(name=name, data=data, hops=moment.hops + 1))
                now = moment.at - moment.offset
                writes.inbox.append((f"event:{ident}", "event", seat.id, payload, now, None, ""))
            else:
                writes.notes.append((seat.id, f"engine:too-many-hops {name}"))
        case ScheduleFlow(id=ident, flow=flow, due=due, arguments=arguments):
            payload = encode(FlowPayload(flow=flow, arguments=arguments, reason="scheduled"))
            writes.inbox.append((f"flow:{ident}", "flow", seat.id, payload, due - moment.offset, None, ""))
        case UpdateContact(fields=values):
            _update(seat.contact, values)
            seat.contact_changed = True
        case TagContact(add=add, remove=remove):
            tags = [t for t in seat.contact.tags if t not in remove]
            seat.contact.tags = tags + [clean(t) for t in add if t not in tags]
            seat.contact_changed = True
        case SetConsent(granted=granted, topic=topic, text=words):
            writes.consents.append((seat.contact.id, seat.channel, topic, granted, clean(words)))
            if topic == "all":
                seat.contact.opted_out = not granted
                seat.contact_changed = True
        case AddNote(text=text):
            writes.notes.append((seat.id, clean(text)))
        case HandOver():
            hand_over(seat, effect, writes, moment.at)
        case RecordRating(score=score, comment=comment):
            writes.ratings.append((seat.id, max(-32768, min(score, 32767)), clean(comment)))
        case CloseConversation(reason=reason):
            seat.state = "closed"
            seat.close_reason = clean(reason)[:200]
            seat.epoch += 1


def hand_over(seat: Seat, effect: HandOver, writes: Writes, at: datetime) -> None:
    """People own the conversation from here on; whatever the bot still has under way is fenced off."""
    seat.owner = "person"
    seat.epoch += 1
    if seat.state == "closed":
        seat.state = "open"
    writes.tickets.append(
        NewTicket(
            conversation=seat.id,
            queue=clean(effect.queue)[:63],
            priority=max(1, min(effect.priority, 10)),
            skill=clean(effect.skill),
            agent=clean(effect.agent),
            reason=clean(effect.reason),
            summary=clean(effect.summary),
            since=at,
        )
    )


def _update(contact: Contact, values: dict[str, Any]) -> None:
    fields = dict(contact.fields)
    for name, value in values.items():
        if name in _COLUMNS:
            setattr(contact, name, "" if value is None else clean(str(value))[:500])
        elif value is None:
            fields.pop(name, None)
        else:
            fields[name] = msgspec.json.decode(encode(value))
    contact.fields = fields
