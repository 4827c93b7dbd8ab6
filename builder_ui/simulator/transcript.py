"""What a customer's phone shows, made from what the stand-in of the Graph API tells: pure, one event at a time.

Only what the channel took appears here: a reply that was refused or never sent leaves no bubble, exactly as on a real
phone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Tick = Literal["", "sent", "delivered", "read"]
_BR_CODE = re.compile(r"^000201\d{2}\S[\S ]{20,500}6304[0-9A-Fa-f]{4}$")
_MEDIA = ("image", "audio", "video", "document", "sticker")


class Happening(Protocol):
    """An event of the stand-in (`connectors.fake.graph_records.Event`)."""

    @property
    def type(self) -> str: ...

    @property
    def data(self) -> dict[str, Any]: ...


@dataclass
class Option:
    """A button, or a row of a list."""

    id: str
    title: str
    description: str = ""


@dataclass
class Bubble:
    """`mine` is the phone owner's. `at` in seconds since 1970. `media` is the stand-in's id or a link;
    `pictured`: the QR code of this Pix code came as a picture just before."""

    id: str
    mine: bool
    at: float
    kind: str
    text: str = ""
    header: str = ""
    footer: str = ""
    buttons: list[Option] = field(default_factory=list)
    opens: str = ""
    sections: list[tuple[str, list[Option]]] = field(default_factory=list)
    media: str = ""
    filename: str = ""
    pictured: bool = False
    place: tuple[float, float] | None = None
    quoted: str = ""
    tick: Tick = ""
    reaction: str = ""


@dataclass(frozen=True)
class Change:
    """`what`: added, changed, typing. `bubble` is None for typing."""

    what: Literal["added", "changed", "typing"]
    bubble: Bubble | None = None


class Transcript:
    """The conversation on the phone `number`."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.bubbles: dict[str, Bubble] = {}

    def take(self, event: Happening) -> Change | None:
        """What the event changes on this phone; None for what concerns others."""
        data = event.data
        match event.type:
            case "inbound" if data.get("from") == self.number:
                return self._said(data["id"], data["message"])
            case "message" if data.get("to") == self.number:
                return self._received(data)
            case "read" if data.get("id") in self.bubbles:
                return self._ticks(data["id"])
            case "typing" if data.get("id") in self.bubbles:
                return Change("typing")
        return None

    def delivered(self, ident: str) -> Change | None:
        """The webhook of what the owner wrote was answered."""
        bubble = self.bubbles.get(ident)
        if bubble is None or bubble.tick != "sent":
            return None
        bubble.tick = "delivered"
        return Change("changed", bubble)

    def _ticks(self, upto: str) -> Change | None:
        """Reading one message reads all before it."""
        for bubble in self.bubbles.values():
            if bubble.mine:
                bubble.tick = "read"
            if bubble.id == upto:
                break
        return Change("changed", self.bubbles[upto])

    def _said(self, ident: str, item: Mapping[str, Any]) -> Change | None:
        kind = str(item.get("type", ""))
        if kind == "reaction":
            return self._react(item["reaction"])
        bubble = Bubble(ident, True, float(item.get("timestamp", 0)), kind, tick="sent")
        bubble.quoted = str((item.get("context") or {}).get("id", ""))
        match item:
            case {"interactive": {"button_reply": reply}} | {"interactive": {"list_reply": reply}}:
                bubble.kind, bubble.text = "text", reply["title"]
            case _:
                _fill(bubble, kind, item.get(kind) or {})
        return self._add(bubble)

    def _received(self, data: Mapping[str, Any]) -> Change | None:
        kind, payload = str(data["type"]), data["payload"]
        if kind == "reaction":
            return self._react(payload)
        bubble = Bubble(data["id"], False, float(data["at"]), kind, quoted=str(data.get("reply_to") or ""))
        _fill(bubble, kind, payload)
        return self._add(bubble)

    def _react(self, reaction: Mapping[str, Any]) -> Change | None:
        bubble = self.bubbles.get(str(reaction.get("message_id", "")))
        if bubble is None:
            return None
        bubble.reaction = str(reaction.get("emoji", ""))
        return Change("changed", bubble)

    def _add(self, bubble: Bubble) -> Change:
        before = next(reversed(self.bubbles.values()), None)
        bubble.pictured = bubble.kind == "pix" and before is not None and before.kind == "image"
        self.bubbles[bubble.id] = bubble
        return Change("added", bubble)


def _fill(bubble: Bubble, kind: str, part: Mapping[str, Any]) -> None:
    if kind == "text":
        bubble.text = str(part.get("body", ""))
        if _BR_CODE.match(bubble.text.strip()):
            bubble.kind = "pix"
    elif kind == "interactive":
        _interactive(bubble, part)
    elif kind in _MEDIA:
        bubble.media = str(part.get("id") or part.get("link") or "")
        bubble.text, bubble.filename = str(part.get("caption", "")), str(part.get("filename", ""))
    elif kind == "location":
        bubble.place = (float(part.get("latitude", 0)), float(part.get("longitude", 0)))
        bubble.text = str(part.get("name") or part.get("address") or "")
    elif kind == "template":
        values = [p.get("text", "") for c in part.get("components", []) for p in c.get("parameters", [])]
        bubble.header, bubble.text = str(part.get("name", "")), " · ".join(str(v) for v in values if v)
    elif kind == "button":
        bubble.kind, bubble.text = "text", str(part.get("text", ""))


def _interactive(bubble: Bubble, part: Mapping[str, Any]) -> None:
    action = part.get("action") or {}
    bubble.text = str((part.get("body") or {}).get("text", ""))
    bubble.header = str((part.get("header") or {}).get("text", ""))
    bubble.footer = str((part.get("footer") or {}).get("text", ""))
    if part.get("type") == "list":
        bubble.opens = str(action.get("button", ""))
        for section in action.get("sections", []):
            rows = [Option(r["id"], r["title"], r.get("description", "")) for r in section.get("rows", [])]
            bubble.sections.append((str(section.get("title", "")), rows))
    else:
        bubble.buttons = [Option(b["reply"]["id"], b["reply"]["title"]) for b in action.get("buttons", [])]
