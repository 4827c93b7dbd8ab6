"""What a turn may know besides its session and event: a frozen picture, taken by the service before the turn.

Nothing in here is read from a clock or a database while the turn runs.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec

from engine.core.message import Limits

Owner = Literal["bot", "ai", "person"]


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A word that works anywhere. `over` runs `flow` and comes back to the open question; `replace` starts it
    in place of what ran; `hand_over` calls a person; `end` ends the session. Words are compared without case
    and accents."""

    words: list[str]
    action: Literal["over", "replace", "hand_over", "end"]
    flow: str = ""
    queue: str = ""
    text: str = ""


class Guards(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Limits that keep a run from running away. `visits` nodes in one turn; more than `turns_per_minute` turns
    or the same text `repeats` times in a row means that a machine is on the other side."""

    visits: int = 250
    turns_per_minute: int = 30
    repeats: int = 6
    depth: int = 10
    texts: int = 4096


class World(msgspec.Struct, frozen=True, kw_only=True):
    """`contact` and `conversation` are plain JSON, as rules and templates see them:

    contact: id, name, phone, email, cpf, language, tags, fields, opted_out, created_at;
    conversation: id, channel, protocol, last_inbound_at (ISO 8601 or null), messages.
    `hours` and `holidays` as in `engine.core.logic.Env`.
    """

    contact: dict[str, Any] = {}
    conversation: dict[str, Any] = {}
    channel: str = "whatsapp_cloud"
    limits: Limits = Limits()
    language: str = "pt-BR"
    zone: str = "America/Sao_Paulo"
    hours: dict[str, list[tuple[str, str]]] = {}
    holidays: dict[date, str] = {}
    commands: list[Command] = []
    guards: Guards = Guards()
    owner: Owner = "bot"
    epoch: int = 0
    company: dict[str, Any] = {}
