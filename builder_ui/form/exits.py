"""Exits that carry a name of the author's making: keeping names apart, and the edges with the name when it changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from builder_ui.form.sheet import Sheet
from engine.core.edit.commands import Connect, Disconnect, Single
from engine.core.words import fold

LONGEST = 40


def slug(title: str, start: str = "opcao") -> str:
    """A name for an exit out of a title: `2ª via de fatura` is `opcao_2a_via_de_fatura`."""
    letters = "".join(c if c.isascii() and c.isalnum() else "_" for c in fold(title))
    found = "_".join(part for part in letters.split("_") if part)[:LONGEST].rstrip("_")
    if not found:
        return start
    return found if found[0].isalpha() else f"{start}_{found}"[:LONGEST].rstrip("_")


def free(name: str, taken: Iterable[str]) -> str:
    """The name, with a number behind it where somebody has it."""
    known = set(taken)
    if name not in known:
        return name
    return next(f"{name}_{n}" for n in range(2, len(known) + 3) if f"{name}_{n}" not in known)


def target(sheet: Sheet, exit: str) -> str:
    """Id of the node behind an exit; empty where it leads nowhere."""
    return next(
        (e.target for e in sheet.desk.document.edges if e.source == sheet.ident and e.exit == exit), ""
    )


def target_title(sheet: Sheet, exit: str) -> str:
    """What the author calls the node behind an exit."""
    ident = target(sheet, exit)
    raw = next((n for n in sheet.desk.document.nodes if n.get("id") == ident), None)
    return "" if raw is None else str(raw.get("label") or ident)


def rerouted(sheet: Sheet, old: str, new: str) -> list[Single]:
    """What leads the edge of `old` out of `new`."""
    to = target(sheet, old)
    if not to or old == new:
        return []
    return [Disconnect(source=sheet.ident, exit=old), Connect(source=sheet.ident, exit=new, target=to)]


def cut(sheet: Sheet, exit: str) -> list[Any]:
    """What takes the edge of an exit away, if it has one."""
    return [Disconnect(source=sheet.ident, exit=exit)] if target(sheet, exit) else []


def taken(sheet: Sheet, but: str = "") -> set[str]:
    """Names of exits that this node has."""
    raw = sheet.raw or {}
    named = {str(o.get("id", "")) for o in _dicts(raw.get("options"))}
    for key in ("cases", "shares"):
        named |= {str(c.get("exit", "")) for c in _dicts(raw.get(key))}
    return (named | {"other", "timeout", "else", "error"}) - {but}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
