"""Our contents as WhatsApp bubbles: what does not fit is split, moved or numbered, never cut off silently.

A bubble is the part of the `/messages` body from `type` on. Limits are those of Meta's schema (channels' table in
`settings`); ten rows count over all sections, which Meta's own schema does not check.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from connectors.loose import JsonObject
from connectors.whatsapp_cloud.settings import FOOTER, LIMITS, ROW_ID, SECTION_TITLE, SECTIONS
from engine.core.errors import TramaError
from engine.core.message import (
    Buttons,
    Choices,
    Location,
    Media,
    Outbound,
    PixPayment,
    Reaction,
    Row,
    Section,
    Template,
    Text,
)

LIST_BUTTON = "Ver opções"
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_RUNS = re.compile(r"[\r\n\t]+| {5,}")


def bubbles(content: Outbound) -> list[JsonObject]:
    """The bubbles of `content`, in order. Raises TramaError `whatsapp_cloud:…` for what no bubble can carry."""
    match content:
        case Text(text=words, preview_url=preview):
            return _texts(words, preview)
        case Media():
            return _media(content)
        case Location(latitude=latitude, longitude=longitude):
            place = {
                "latitude": latitude,
                "longitude": longitude,
                "name": content.name,
                "address": content.address,
            }
            return [{"type": "location", "location": {k: v for k, v in place.items() if v != ""}}]
        case Buttons():
            return _buttons(content)
        case Choices():
            return _choices(content)
        case Template():
            return [{"type": "template", "template": _template(content)}]
        case Reaction(to=to, emoji=emoji):
            return [{"type": "reaction", "reaction": {"message_id": to, "emoji": emoji}}]
        case PixPayment(text=words, code=code):
            return [*(_texts(words, False) if words.strip() else []), *_texts(code, False)]


def split(words: str, limit: int) -> list[str]:
    """`words` in pieces of at most `limit` characters, cut at a paragraph, line, sentence or word where one is
    near, and never inside an emoji sequence."""
    pieces: list[str] = []
    while len(words) > limit:
        cut = _cut(words, limit)
        pieces.append(words[:cut].rstrip())
        words = words[cut:].lstrip()
    return [piece for piece in (*pieces, words) if piece.strip()]


def _cut(words: str, limit: int) -> int:
    for mark in ("\n\n", "\n", ". ", " "):
        at = words.rfind(mark, limit // 2, limit + 1 - len(mark.rstrip(" ")))
        if at > 0:
            return at + len(mark.rstrip(" "))
    cut = limit
    while cut > limit - 32 and (
        words[cut] in _JOINERS or words[cut - 1] == "\u200d" or _combining(words[cut])
    ):
        cut -= 1
    return cut


def _combining(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


def _texts(words: str, preview: bool) -> list[JsonObject]:
    if not words.strip():
        raise TramaError("whatsapp_cloud:empty", "a bubble without words", path="/text")
    parts = split(words, LIMITS.text)
    return [{"type": "text", "text": {"body": part, "preview_url": preview}} for part in parts]


def _source(media: Media) -> JsonObject:
    if media.ref:
        return {"id": media.ref}
    if media.url.startswith(("https://", "http://")):
        return {"link": media.url}
    raise TramaError("whatsapp_cloud:media-without-source", "needs a link or an uploaded id", path="/url")


def _media(media: Media) -> list[JsonObject]:
    body, after = _source(media), []
    if media.caption:
        if media.kind in ("audio", "sticker") or len(media.caption) > LIMITS.caption:
            after = _texts(media.caption, False)
        else:
            body["caption"] = media.caption
    if media.kind == "document" and media.filename:
        body["filename"] = media.filename
    if media.kind == "audio" and media.voice:
        body["voice"] = True
    return [{"type": media.kind, media.kind: body}, *after]


def _buttons(content: Buttons) -> list[JsonObject]:
    buttons = content.buttons
    fits = (
        1 <= len(buttons) <= LIMITS.buttons
        and all(
            0 < len(b.title) <= LIMITS.button_title and 0 < len(b.id) <= LIMITS.button_id for b in buttons
        )
        and _distinct(buttons)
    )
    if not fits:
        rows = [Row(b.id, b.title) for b in buttons]
        listed = Choices(content.text, LIST_BUTTON, [Section(rows)], content.header, content.footer)
        return _choices(listed)
    replies = [{"type": "reply", "reply": {"id": b.id, "title": b.title}} for b in buttons]
    return _interactive(content, {"type": "button", "action": {"buttons": replies}})


def _choices(content: Choices) -> list[JsonObject]:
    sections = [Section([_row(row) for row in s.rows], s.title) for s in content.sections if s.rows]
    rows = [row for section in sections for row in section.rows]
    if not rows:
        return _texts(_with_frame(content), False)
    titled = len(sections) == 1 or all(s.title for s in sections)
    if (
        len(rows) > LIMITS.rows
        or len(sections) > SECTIONS
        or not titled
        or not _distinct(rows)
        or not all(
            0 < len(row.title) <= LIMITS.row_title
            and 0 < len(row.id) <= ROW_ID
            and len(row.description) <= LIMITS.row_description
            for row in rows
        )
    ):
        return _texts(_numbered(content), False)
    shown = [
        ({"title": shorten(s.title, SECTION_TITLE)} if s.title else {})
        | {"rows": [_row_body(row) for row in s.rows]}
        for s in sections
    ]
    button = shorten(content.button or LIST_BUTTON, LIMITS.list_button)
    return _interactive(content, {"type": "list", "action": {"button": button, "sections": shown}})


def _row(row: Row) -> Row:
    """A title that is too long keeps its beginning and is told in full below it, where that place is free."""
    if len(row.title) > LIMITS.row_title and not row.description:
        return Row(row.id, shorten(row.title, LIMITS.row_title), row.title)
    return row


def _row_body(row: Row) -> JsonObject:
    body: JsonObject = {"id": row.id, "title": row.title}
    return body | {"description": row.description} if row.description else body


def _distinct(items: Sequence[Row] | Sequence[object]) -> bool:
    """Meta refuses two replies with one id or one title (131009)."""
    ids = {getattr(item, "id", "") for item in items}
    titles = {getattr(item, "title", "") for item in items}
    return len(ids) == len(titles) == len(items)


def _interactive(content: Buttons | Choices, rest: JsonObject) -> list[JsonObject]:
    words, header, footer = content.text, content.header, content.footer
    if len(header) > LIMITS.header:
        words, header = f"*{header}*\n{words}", ""
    if len(footer) > FOOTER:
        words, footer = f"{words}\n\n{footer}", ""
    *before, body = split(words, LIMITS.interactive_text) or [header or LIST_BUTTON]
    if before:
        # The part that carries the buttons is short; what stands before it is one text as long as it can be.
        head = words[: words.rindex(body)].rstrip()
        before = split(head, LIMITS.text)
    interactive: JsonObject = {"body": {"text": body}} | rest
    if header:
        interactive["header"] = {"type": "text", "text": header}
    if footer:
        interactive["footer"] = {"text": footer}
    texts: list[JsonObject] = [{"type": "text", "text": {"body": t, "preview_url": False}} for t in before]
    return [*texts, {"type": "interactive", "interactive": interactive}]


def _with_frame(content: Buttons | Choices) -> str:
    header = f"*{content.header}*" if content.header else ""
    return "\n\n".join(part for part in (header, content.text, content.footer) if part)


def _numbered(content: Choices) -> str:
    lines, n = [], 0
    for section in content.sections:
        if section.title:
            lines.append(f"*{section.title}*")
        for row in section.rows:
            n += 1
            lines.append(f"{n}. {row.title}" + (f" - {row.description}" if row.description else ""))
    header = f"*{content.header}*" if content.header else ""
    parts = (header, content.text, "\n".join(lines), content.footer)
    return "\n\n".join(part for part in parts if part)


def shorten(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def _template(template: Template) -> JsonObject:
    components: list[JsonObject] = []
    match template.header:
        case Text(text=words):
            components.append({"type": "header", "parameters": [{"type": "text", "text": _flat(words)}]})
        case Media() as media:
            body = _source(media)
            if media.kind == "document" and media.filename:
                body["filename"] = media.filename
            components.append({"type": "header", "parameters": [{"type": media.kind, media.kind: body}]})
    if template.body:
        parameters = [{"type": "text", "text": _flat(words)} for words in template.body]
        components.append({"type": "body", "parameters": parameters})
    for index, payload in enumerate(template.buttons):
        if payload:
            parameter = {"type": "payload", "payload": payload}
            button: JsonObject = {
                "type": "button",
                "sub_type": "quick_reply",
                "index": str(index),
                "parameters": [parameter],
            }
            components.append(button)
    body = {"name": template.name, "language": {"code": template.language}}
    return body | ({"components": components} if components else {})


def _flat(words: str) -> str:
    """Meta refuses line breaks, tabs and more than four blanks in a parameter (132012)."""
    return _RUNS.sub(" ", words)
