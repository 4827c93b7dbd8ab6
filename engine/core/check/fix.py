"""A quick fix: what it is called and the command that carries it out."""

from __future__ import annotations

import msgspec

from engine.core.edit.commands import Batch, Command, Single


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is the key of its words in the catalogue, `about` are the names that fill them in."""

    name: str
    command: Command
    about: tuple[tuple[str, str], ...] = ()


def together(commands: list[Single]) -> Command:
    """One command as itself, several as one batch."""
    return commands[0] if len(commands) == 1 else Batch(commands=list(commands))
