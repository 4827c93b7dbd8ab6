"""What a person on WhatsApp can do, as the `messages[]` item and envelope that Meta would send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.whatsapp_cloud import signature

Item = dict[str, Any]


def said(
    *,
    text: str | None = None,
    button: tuple[str, str] | None = None,
    row: tuple[str, str] | None = None,
    template_button: tuple[str, str] | None = None,
    location: tuple[float, float] | None = None,
    contact: tuple[str, str] | None = None,
    reaction: tuple[str, str] | None = None,
    form: Mapping[str, Any] | None = None,
    order: Mapping[str, Any] | None = None,
    edit: tuple[str, str] | None = None,
    revoke: str | None = None,
    new_number: str | None = None,
    raw: Mapping[str, Any] | None = None,
) -> Item:
    """The kind-specific part of one message. Pairs are (id, title), (latitude, longitude), (name, phone),
    (message id, emoji), (message id, new text)."""
    if text is not None:
        return {"type": "text", "text": {"body": text}}
    if button is not None:
        reply = {"id": button[0], "title": button[1]}
        return {"type": "interactive", "interactive": {"type": "button_reply", "button_reply": reply}}
    if row is not None:
        reply = {"id": row[0], "title": row[1]}
        return {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": reply}}
    if template_button is not None:
        return {"type": "button", "button": {"payload": template_button[0], "text": template_button[1]}}
    if location is not None:
        return {"type": "location", "location": {"latitude": location[0], "longitude": location[1]}}
    if contact is not None:
        card = {
            "name": {"formatted_name": contact[0]},
            "phones": [{"phone": contact[1], "wa_id": contact[1]}],
        }
        return {"type": "contacts", "contacts": [card]}
    if reaction is not None:
        return {"type": "reaction", "reaction": {"message_id": reaction[0], "emoji": reaction[1]}}
    if form is not None:
        reply = {"name": "flow", "body": "Sent", "response_json": json.dumps(form)}
        return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}
    if order is not None:
        return {"type": "order", "order": dict(order)}
    if edit is not None:
        message = {"type": "text", "text": {"body": edit[1]}}
        return {"type": "edit", "edit": {"original_message_id": edit[0], "message": message}}
    if revoke is not None:
        return {"type": "revoke", "revoke": {"original_message_id": revoke}}
    if new_number is not None:
        return {"type": "system", "system": {"wa_id": new_number, "type": "user_changed_number"}}
    if raw is not None:
        return dict(raw)
    raise ValueError("a message needs one content")


def envelope(
    account: str, metadata: Mapping[str, str], value: Mapping[str, Any], field: str = "messages"
) -> Item:
    whole = {"messaging_product": "whatsapp", "metadata": dict(metadata), **value}
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": account, "changes": [{"value": whole, "field": field}]}],
    }


def signed(secret: str, value: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The bytes as Meta writes them (ASCII, lower-case escapes, `\\/`) and the headers over exactly those bytes."""
    body = json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode()
    return body, {"content-type": "application/json", "x-hub-signature-256": signature(secret, body)}
