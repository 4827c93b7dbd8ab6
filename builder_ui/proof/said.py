"""What the bot says in a trial, as bubbles of the simulator's phone: fitted to what the channel can show."""

from __future__ import annotations

from datetime import datetime

from builder_ui.simulator.transcript import Bubble, Option
from builder_ui.texts import Texts
from engine.core.flow import TestTurn
from engine.core.message import (
    Buttons,
    Choices,
    Location,
    Media,
    Outbound,
    PixPayment,
    Reaction,
    Template,
    Text,
    plain,
)


def spoken(content: Outbound, ident: str, at: datetime) -> Bubble:
    """A bubble of the company."""
    bubble = Bubble(ident, False, at.timestamp(), "text", text=plain(content))
    match content:
        case Buttons(buttons=buttons, header=header, footer=footer):
            bubble.kind, bubble.header, bubble.footer = "interactive", header, footer
            bubble.buttons = [Option(b.id, b.title) for b in buttons]
        case Choices(button=button, sections=sections, header=header, footer=footer):
            bubble.kind, bubble.header, bubble.footer, bubble.opens = "interactive", header, footer, button
            bubble.sections = [
                (s.title, [Option(r.id, r.title, r.description) for r in s.rows]) for s in sections
            ]
        case Media(kind=kind, url=url, filename=filename):
            bubble.kind, bubble.media, bubble.filename = kind, url, filename
        case Location(latitude=latitude, longitude=longitude):
            bubble.kind, bubble.place = "location", (latitude, longitude)
        case Template(name=name, buttons=payloads):
            bubble.kind, bubble.header = "template", name
            bubble.buttons = [Option(p, p) for p in payloads]
        case PixPayment(code=code):
            bubble.kind, bubble.header, bubble.text = "pix", content.text, code
        case Reaction(emoji=emoji):
            bubble.text = emoji
        case Text():
            pass
    return bubble


def heard(turn: TestTurn, ident: str, at: datetime, titles: dict[str, str], t: Texts) -> Bubble | None:
    """A bubble of the customer; None for what is no message. `titles` are those of the buttons that were offered."""
    if turn.text is not None:
        return Bubble(ident, True, at.timestamp(), "text", text=turn.text, tick="read")
    if turn.button is not None:
        return Bubble(
            ident, True, at.timestamp(), "text", text=titles.get(turn.button, turn.button), tick="read"
        )
    if turn.media is not None:
        kind = str(turn.media.get("kind", "document"))
        return Bubble(ident, True, at.timestamp(), "other", text=t.known("kind", kind), tick="read")
    if turn.location is not None:
        place = (float(turn.location["latitude"]), float(turn.location["longitude"]))
        return Bubble(ident, True, at.timestamp(), "location", place=place, tick="read")
    return None


def offered(messages: list[Outbound]) -> dict[str, str]:
    """Titles of the buttons and rows, by their ids."""
    found: dict[str, str] = {}
    for content in messages:
        match content:
            case Buttons(buttons=buttons):
                found |= {b.id: b.title for b in buttons}
            case Choices(sections=sections):
                found |= {r.id: r.title for s in sections for r in s.rows}
            case _:
                pass
    return found
