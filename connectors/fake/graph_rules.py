"""What the Graph API refuses in a `/messages` body, with its codes and sentences.

Written from Meta's schema and error reference, apart from `whatsapp_cloud.compose`, so that each can catch the other
out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

MEDIA = ("image", "audio", "video", "document", "sticker")
_TOP = {
    "messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data",
    "text", "location", "contacts", "interactive", "template", "reaction", *MEDIA,
}  # fmt: skip
_NUMBER = re.compile(r"\+?\d{7,15}", re.ASCII)
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}", re.ASCII)


class Refused(Exception):
    """A Graph error: `code`, what Meta calls details."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(f"{code}: {details}")
        self.code, self.details = code, details


def check(body: Any, media: Mapping[str, Any], templates: Mapping[tuple[str, str], int]) -> str:
    """The message's type. Raises Refused. `media` are the uploaded ids, `templates` (name, language) to their number of
    body parameters."""
    if not isinstance(body, dict):
        raise Refused(100, "The request body must be a JSON object.")
    if body.get("messaging_product") != "whatsapp":
        raise Refused(100, "The parameter messaging_product is required.")
    unknown = sorted(set(body) - _TOP - {str(body.get("type"))})
    if unknown:
        raise Refused(100, f"Unexpected key {unknown[0]!r} on param")
    _address(body)
    if len(str(body.get("biz_opaque_callback_data", ""))) > 512:
        raise Refused(100, "Param biz_opaque_callback_data must be at most 512 characters long.")
    kind = body.get("type", "text")
    part = body.get(kind) if isinstance(kind, str) else None
    if kind not in (*MEDIA, *_CHECKS, "template"):
        raise Refused(131051, "Message type is not currently supported.")
    if not isinstance(part, dict):
        raise Refused(131008, f"Required parameter {kind!r} is missing.")
    if kind in MEDIA:
        _media(kind, part, media)
    elif kind == "template":
        _template(part, templates)
    else:
        _CHECKS[kind](part)
    return str(kind)


def _address(body: Mapping[str, Any]) -> None:
    to, recipient = body.get("to"), body.get("recipient")
    if to is None and recipient is None:
        raise Refused(100, "The parameter to is required.")
    if to is not None and not (isinstance(to, str) and _NUMBER.fullmatch(to)):
        raise Refused(131009, "Parameter value is not valid: to is not a phone number.")
    if to is None and not (isinstance(recipient, str) and _USER_ID.fullmatch(recipient)):
        raise Refused(131009, "Parameter value is not valid: recipient is not a user id.")


def _sized(value: Any, name: str, least: int, most: int, code: int = 131009) -> str:
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise Refused(code, f"{name} length invalid. Min length: {least}, Max length: {most}")
    return value


def _text(part: Mapping[str, Any]) -> None:
    body = part.get("body")
    if not isinstance(body, str) or not body.strip():
        raise Refused(131008, "Required parameter text['body'] is missing.")
    if len(body) > 4096:
        raise Refused(100, "Param text['body'] must be at most 4096 characters long.")


def _media(kind: str, part: Mapping[str, Any], media: Mapping[str, Any]) -> None:
    ident, link = part.get("id"), part.get("link")
    if (ident is None) == (link is None):
        raise Refused(131009, f"Exactly one of {kind}['id'] and {kind}['link'] must be given.")
    if ident is not None and ident not in media:
        raise Refused(131053, f"Media id {ident!r} is not known or has expired.")
    if link is not None and not str(link).startswith(("http://", "https://")):
        raise Refused(131009, f"Param {kind}['link'] is not a valid URI.")
    if "caption" in part:
        if kind in ("audio", "sticker"):
            raise Refused(100, f"Unexpected key 'caption' on param {kind!r}.")
        _sized(part["caption"], "Caption", 0, 1024)


def _location(part: Mapping[str, Any]) -> None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = part.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > most:
            raise Refused(131009, f"Parameter value is not valid: {name}.")


def _reaction(part: Mapping[str, Any]) -> None:
    if not part.get("message_id") or not isinstance(part.get("emoji"), str):
        raise Refused(131008, "Required parameter reaction['message_id'] or ['emoji'] is missing.")


def _contacts(part: Mapping[str, Any]) -> None:
    raise Refused(131051, "contacts must be an array.")


def _interactive(part: Mapping[str, Any]) -> None:
    body, action = part.get("body"), part.get("action")
    if not isinstance(body, dict) or not isinstance(action, dict):
        raise Refused(131008, "Required parameter interactive['body'] or ['action'] is missing.")
    _sized(body.get("text"), "Body text", 1, 1024)
    header, footer = part.get("header"), part.get("footer")
    if isinstance(header, dict) and header.get("type") == "text":
        _sized(header.get("text"), "Header text", 1, 60)
    if isinstance(footer, dict):
        _sized(footer.get("text"), "Footer text", 1, 60)
    match part.get("type"):
        case "button":
            _buttons(action.get("buttons"))
        case "list":
            _sized(action.get("button"), "Button text", 1, 20)
            _sections(action.get("sections"))
        case _:
            raise Refused(131009, "Parameter value is not valid: interactive['type'].")


def _buttons(buttons: Any) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refused(131009, "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3")
    replies = [b.get("reply") if isinstance(b, dict) else None for b in buttons]
    for reply in replies:
        if not isinstance(reply, dict):
            raise Refused(131009, "Button type must be reply.")
        _sized(reply.get("title"), "Button title", 1, 20)
        _sized(reply.get("id"), "Button reply id", 1, 256)
    _distinct([r["id"] for r in replies if r], "button id")
    _distinct([r["title"] for r in replies if r], "button title")


def _sections(sections: Any) -> None:
    if not isinstance(sections, list) or not 1 <= len(sections) <= 10:
        raise Refused(131009, "Invalid sections count. Min allowed: 1, Max allowed: 10")
    rows = []
    for section in sections:
        if not isinstance(section, dict) or not isinstance(section.get("rows"), list) or not section["rows"]:
            raise Refused(131009, "Section rows are missing.")
        if len(sections) > 1 or "title" in section:
            _sized(section.get("title"), "Section title", 1, 24)
        rows += section["rows"]
    if len(rows) > 10:
        raise Refused(131009, "Total row count exceed max allowed count: 10")
    for row in rows:
        if not isinstance(row, dict):
            raise Refused(131009, "A row must be an object.")
        _sized(row.get("title"), "Row title", 1, 24)
        _sized(row.get("id"), "Row id", 1, 200)
        _sized(row.get("description", ""), "Row description", 0, 72)
    _distinct([row["id"] for row in rows], "row id")


def _distinct(values: list[str], what: str) -> None:
    if len(set(values)) != len(values):
        raise Refused(131009, f"Duplicated {what}.")


def _template(part: Mapping[str, Any], templates: Mapping[tuple[str, str], int]) -> None:
    language = part.get("language")
    code = language.get("code") if isinstance(language, dict) else None
    if not part.get("name") or not code:
        raise Refused(131008, "Required parameter template['name'] or ['language'] is missing.")
    wanted = templates.get((str(part["name"]), str(code)))
    if wanted is None:
        raise Refused(132001, f"template name ({part['name']}) does not exist in {code}")
    components = [c for c in part.get("components", []) if isinstance(c, dict)]
    given = [p for c in components if c.get("type") == "body" for p in c.get("parameters", [])]
    if len(given) != wanted:
        raise Refused(132000, f"body: number of localizable_params ({len(given)}) does not match ({wanted})")
    for parameter in given:
        words = parameter.get("text", "") if isinstance(parameter, dict) else ""
        if parameter.get("type") == "text" and (not words or re.search(r"[\n\t]| {5}", words)):
            raise Refused(132012, "Param text cannot be empty or have new-line/tab or more than 4 spaces")


_CHECKS: dict[str, Callable[[Mapping[str, Any]], None]] = {
    "text": _text,
    "location": _location,
    "reaction": _reaction,
    "interactive": _interactive,
    "contacts": _contacts,
}
