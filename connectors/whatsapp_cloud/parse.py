"""A webhook body of WhatsApp Cloud to events: all of `entry[]`, `changes[]`, `messages[]` and `statuses[]`.

Since 2026 a person may be known by a business-scoped user id (BSUID) alone, without a number. Order is not
guaranteed, repeats are normal; keys make them harmless. What cannot be read becomes `RefusedIn` and its
neighbours go on.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.loose import JsonObject, arr, decode, digits, fingerprint, instant, integer, obj, text
from connectors.whatsapp_cloud.contents import content
from connectors.whatsapp_cloud.settings import Settings
from engine.core.errors import pointer
from engine.core.inbound import (
    ChannelError,
    ChannelEvent,
    DeliveryState,
    EditIn,
    Identity,
    IdentityChanged,
    MessageIn,
    Notice,
    PreferenceChanged,
    RefusedIn,
    RevokeIn,
    Sender,
    StatusIn,
)

MAX_ID = 512
_STATES: dict[str, DeliveryState] = {
    "accepted": "accepted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "played": "played",
    "failed": "failed",
    "deleted": "deleted",
}
_MARKETING = {"stop": False, "resume": True, "signup": True}


def parse(settings: Settings, body: bytes) -> list[ChannelEvent]:
    """All events of one delivery, in their order. Never raises."""
    value, fault = decode(body)
    whole = obj(value)
    if not fault and text(whole.get("object")) != "whatsapp_business_account":
        fault = "not a delivery of a WhatsApp business account"
    if fault:
        return [_refused("body", "", fault, whole or body.decode("latin-1"))]
    events: list[ChannelEvent] = []
    for i, entry in enumerate(arr(whole.get("entry"))):
        for j, change in enumerate(arr(obj(entry).get("changes"))):
            path = pointer("entry", i, "changes", j)
            if isinstance(change, dict):
                events.extend(_change(settings, text(obj(entry).get("id")), change, path))
            else:
                events.append(_refused("change", path, "a change that is not an object", change))
        if not isinstance(entry, dict):
            events.append(_refused("entry", pointer("entry", i), "an entry that is not an object", entry))
    return events or [_refused("empty", "", "a delivery without changes", whole)]


def _change(settings: Settings, account: str, change: JsonObject, path: str) -> Iterator[ChannelEvent]:
    field, value = text(change.get("field")), obj(change.get("value"))
    number_id = text(obj(value.get("metadata")).get("phone_number_id"))
    if settings.phone_number_id and number_id and number_id != settings.phone_number_id:
        yield _refused("other-number", path, f"meant for the number {number_id[:32]}", change)
        return
    if field == "user_preferences":
        yield from _preferences(value, path)
        return
    if field not in ("messages", ""):
        yield _notice(account, field, value)
        return
    contacts = [obj(c) for c in arr(value.get("contacts"))]
    for kind, read in (("messages", _message), ("statuses", _status)):
        for i, item in enumerate(arr(value.get(kind))):
            where = f"{path}/value/{kind}/{i}"
            if isinstance(item, dict):
                yield read(item, contacts, where)
            else:
                yield _refused("item", where, "not an object", item)
    has_items = bool(arr(value.get("messages")) or arr(value.get("statuses")))
    if arr(value.get("errors")) or not has_items:
        rest = {
            name: part for name, part in value.items() if name not in ("messages", "statuses", "contacts")
        }
        yield _notice(account, "errors" if value.get("errors") else field or "unknown", rest)


def _message(message: JsonObject, contacts: list[JsonObject], path: str) -> ChannelEvent:
    key, at, kind = text(message.get("id")), instant(message.get("timestamp")), text(message.get("type"))
    if not key or len(key) > MAX_ID:
        return _refused("no-id", path, "a message without a usable id", message)
    if text(message.get("group_id")):
        return Notice(key=key, topic="group_message", data=message, at=at)
    if kind == "system":
        return _system(key, message, path)
    sender = _sender(message, contacts)
    if kind in ("edit", "revoke"):
        part = obj(message.get(kind))
        original = text(part.get("original_message_id"))
        if not original:
            return _refused(kind, path, f"a {kind} that names no message", message)
        if kind == "revoke":
            return RevokeIn(key=key, message=original, sender=sender, at=at)
        return EditIn(
            key=key, message=original, content=content(obj(part.get("message"))), sender=sender, at=at
        )
    if sender is None:
        return _refused("no-sender", path, "a message without a number or user id", message)
    context = obj(message.get("context"))
    referral = dict(obj(message.get("referral")))
    if context.get("referred_product"):
        referral["referred_product"] = context["referred_product"]
    return MessageIn(
        key=key,
        sender=sender,
        content=content(message),
        at=at,
        reply_to=text(context.get("id")),
        referral=referral,
        forwarded=context.get("forwarded") is True or context.get("frequently_forwarded") is True,
    )


def _sender(message: JsonObject, contacts: list[JsonObject]) -> Sender | None:
    number, user = digits(message.get("from")), text(message.get("from_user_id"))
    contact = next(
        (
            c
            for c in contacts
            if (number and digits(c.get("wa_id")) == number) or (user and text(c.get("user_id")) == user)
        ),
        {},
    )
    found = [
        Identity("wa_id", number or digits(contact.get("wa_id"))),
        Identity("bsuid", user or text(contact.get("user_id"))),
        Identity(
            "parent_bsuid", text(message.get("from_parent_user_id")) or text(contact.get("parent_user_id"))
        ),
    ]
    identities = [identity for identity in found if 0 < len(identity.value) <= MAX_ID]
    profile = obj(contact.get("profile"))
    if not identities:
        return None
    return Sender(identities, text(profile.get("name"))[:512], text(profile.get("username"))[:512])


def _system(key: str, message: JsonObject, path: str) -> ChannelEvent:
    body, at = obj(message.get("system")), instant(message.get("timestamp"))
    if text(body.get("type")) not in ("user_changed_number", ""):
        return Notice(key=key, topic="system", data=message, at=at)
    old = digits(message.get("from")) or digits(body.get("customer"))
    new = digits(body.get("wa_id")) or digits(body.get("new_wa_id"))
    if not old or not new:
        return _refused("system", path, "a change of number that lacks one of them", message)
    return IdentityChanged(key=key, old=Identity("wa_id", old), new=Identity("wa_id", new), at=at)


def _status(status: JsonObject, contacts: list[JsonObject], path: str) -> ChannelEvent:
    ident, raw = text(status.get("id")), text(status.get("status"))
    if not ident or not raw or len(ident) > MAX_ID or len(raw) > MAX_ID:
        return _refused("status", path, "a status without id or value", status)
    state = _STATES.get(raw, "unknown")
    return StatusIn(
        key=f"{ident}:{raw}",
        message=ident,
        status=state,
        at=instant(status.get("timestamp")),
        recipient=digits(status.get("recipient_id")) or text(status.get("recipient_user_id")),
        outbox=text(status.get("biz_opaque_callback_data")),
        raw_status=raw if state == "unknown" else "",
        errors=_errors(status),
        pricing=obj(status.get("pricing")),
    )


def _errors(holder: JsonObject) -> list[ChannelError]:
    return [
        ChannelError(
            code=integer(error.get("code"), -1),
            title=text(error.get("title")) or text(error.get("message")),
            detail=text(obj(error.get("error_data")).get("details")),
        )
        for error in map(obj, arr(holder.get("errors")))
    ]


def _preferences(value: JsonObject, path: str) -> Iterator[ChannelEvent]:
    contacts = [obj(c) for c in arr(value.get("contacts"))]
    for i, item in enumerate(map(obj, arr(value.get("user_preferences")))):
        number, user = text(item.get("wa_id")), text(item.get("user_id"))
        sender = _sender({"from": number, "from_user_id": user}, contacts)
        wish = text(item.get("value"))
        if sender is None or wish not in _MARKETING:
            where = f"{path}/value/user_preferences/{i}"
            yield _refused("preference", where, "a preference without a person or a known value", item)
            continue
        key = fingerprint(sender.identities, wish, text(item.get("category")), text(item.get("timestamp")))
        at = instant(item.get("timestamp"))
        yield PreferenceChanged(f"preference:{key}", sender, _MARKETING[wish], at)


def _notice(account: str, field: str, value: JsonObject) -> Notice:
    key = fingerprint(account, field, value)
    at = instant(value.get("timestamp"))
    return Notice(key=f"notice:{key}", topic=field[:MAX_ID], data=value, errors=_errors(value), at=at)


def _refused(slug: str, path: str, detail: str, part: object) -> RefusedIn:
    return RefusedIn(
        key=f"refused:{fingerprint(part)}", code=f"whatsapp_cloud:{slug}", path=path, detail=detail
    )
