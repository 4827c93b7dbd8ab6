"""The loop breaker between turns: a machine on the other side must not keep the bot talking for ever.

Two signs: too many turns within a minute, or the same sentence again and again (people do type "1" or "sim" six times
in a row, so short answers do not count). Either ends in silence and a person,
never in another answer. (The guard against loops inside one turn is the machine's count of visits.)
"""

from __future__ import annotations

from datetime import datetime

from engine.core.session import Guard
from engine.core.words import fold
from engine.core.world import Guards

SENTENCE = 12
"""Characters from which on a repeated text is suspicious."""


def watch(guard: Guard, at: datetime, said: str, limits: Guards) -> tuple[Guard, str]:
    """The guard after one more message, and why to stop: `bot:too-fast`, `bot:repeats` or ""."""
    minute = int(at.timestamp() // 60)
    turns = guard.turns + 1 if minute == guard.minute else 1
    words = fold(said)[:120]
    repeats = guard.repeats + 1 if len(words) >= SENTENCE and words == guard.last else 1
    after = Guard(minute=minute, turns=turns, last=words, repeats=repeats)
    if turns > limits.turns_per_minute:
        return after, "bot:too-fast"
    if repeats >= limits.repeats:
        return after, "bot:repeats"
    return after, ""
