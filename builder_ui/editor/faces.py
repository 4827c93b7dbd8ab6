"""What a step shows of its settings on the canvas and in the outline: a title, up to three short lines, its exits.

A step whose settings cannot be read yet still has a face: its exits are those that are connected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec

from builder_ui.texts import Texts
from engine.core.errors import TramaError
from engine.core.logic import RuleError, reading
from engine.core.node import Node, UnknownNode
from engine.nodes import open_node, registry

LINE = 64
LINES = 3
ExitKind = Literal["normal", "error", "optional"]


class Exit(NamedTuple):
    name: str
    label: str
    kind: ExitKind


class Face(NamedTuple):
    """`group` is the palette's (colour), `icon` a Material icon."""

    id: str
    kind: str
    group: str
    icon: str
    title: str
    lines: tuple[str, ...]
    exits: tuple[Exit, ...]


def face(raw: Mapping[str, Any], t: Texts, connected: Iterable[str] = ()) -> Face:
    """`connected` are exits that have an edge; those that the settings do not give (any more) are shown too."""
    made = _face(msgspec.json.encode(raw), t.language)
    strangers = [e for e in connected if all(e != x.name for x in made.exits)]
    if strangers:
        made = made._replace(exits=(*made.exits, *(Exit(e, exit_label(e, t), "normal") for e in strangers)))
    return made


@lru_cache(maxsize=20_000)
def _face(encoded: bytes, language: str) -> Face:
    raw: dict[str, Any] = msgspec.json.decode(encoded)
    t = Texts(language)
    kind, ident = str(raw.get("type", "")), str(raw.get("id", ""))
    cls = registry().get(kind)
    if cls is None:
        return Face(
            ident, kind, "unknown", "help_center", str(raw.get("label") or kind), (t("editor.unknown"),), ()
        )
    palette = cls.palette
    title = str(raw.get("label") or "") or palette.title[language]
    try:
        node = open_node(raw)
    except TramaError:
        node = None
    if node is None or isinstance(node, UnknownNode):
        text = raw.get("text")
        lines = _short([text] if isinstance(text, str) else [])
        return Face(ident, kind, palette.group, palette.icon, title, lines, ())
    told = _TELL.get(kind, _text)(node, t)
    return Face(ident, kind, palette.group, palette.icon, title, _short(told), _exits(node, t))


def exit_label(name: str, t: Texts) -> str:
    """The plain name of an exit that every node of its type has, or the exit's own name."""
    return t.known("exit", name)


def words(value: Any) -> str:
    """The default text of `Words`."""
    if isinstance(value, dict):
        return str(value.get("default") or next(iter(value.values()), ""))
    return str(value or "")


def rule(value: Any, t: Texts) -> str:
    """A rule in plain words."""
    if value in ({"and": []}, {"or": []}):
        return t("face.no-conditions")
    try:
        return reading(value, "pt-BR" if t.language == "pt-BR" else "en")
    except (RuleError, TramaError):
        return msgspec.json.encode(value).decode()


def _exits(node: Node, t: Texts) -> tuple[Exit, ...]:
    errors, optional = node.error_exits(), node.optional_exits()
    own = {o.id: o.title or t("face.option", n=n) for n, o in enumerate(node.offers(), 1)}
    for case in getattr(node, "cases", ()):
        own[case.exit] = case.label or rule(case.when, t)
    found = []
    for name in node.exits():
        kind: ExitKind = "error" if name in errors else "optional" if name in optional else "normal"
        found.append(Exit(name, (own.get(name) or exit_label(name, t))[:LINE], kind))
    return tuple(found)


def _short(lines: Iterable[str]) -> tuple[str, ...]:
    """Broken where words end, at most three lines."""
    out: list[str] = []
    for text in lines:
        for line in str(text).split("\n"):
            line = " ".join(line.split())
            while line and len(out) < LINES:
                cut = line if len(line) <= LINE else line[:LINE].rsplit(" ", 1)[0] or line[:LINE]
                rest = line[len(cut) :].strip()
                out.append(cut)
                line = rest
            if len(out) >= LINES:
                if line:
                    out[-1] = out[-1][: LINE - 1] + "…"
                return tuple(out)
    return tuple(out)


def _text(node: Any, t: Texts) -> list[str]:
    return [words(getattr(node, "text", ""))]


def _ask(node: Any, t: Texts) -> list[str]:
    return [words(node.text), f"→ {node.save_as} · {t.known('answer', node.answer)}"]


def _send_message(node: Any, t: Texts) -> list[str]:
    lines = [words(node.text), *(words(m) for m in node.more)]
    lines[:0] = [f"[{t.known('media', part.kind)}]" for part in node.media]
    if node.location is not None:
        lines.insert(0, f"[{t('media.location')}]")
    return [line for line in lines if line]


def _set_variable(node: Any, t: Texts) -> list[str]:
    return [f"{a.name} = {rule(a.rule, t) if a.rule is not None else _value(a.value)}" for a in node.set]


def _value(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in values.items()]


def _wait(node: Any, t: Texts) -> list[str]:
    match node.until:
        case "event":
            return [t("face.wait.event", name=node.event)]
        case "time":
            return [minutes(node.minutes, t)]
        case "date":
            return [t("face.wait.date", at=_value(node.at))]
        case _:
            return [t("face.wait.hours")]


def minutes(n: int, t: Texts) -> str:
    """A span in the largest unit that fits: "3 dias", "2 h", "45 min"."""
    for unit, size in (("days", 1440), ("hours", 60)):
        if n and n % size == 0:
            return t(f"face.{unit}", n=n // size)
    return t("face.minutes", n=n)


def _hand_over(node: Any, t: Texts) -> list[str]:
    lines = [words(node.text)]
    to = node.queue or node.agent or node.skill
    if to:
        lines.append(f"→ {to}")
    return [line for line in lines if line]


_TELL: dict[str, Callable[[Any, Texts], list[str]]] = {
    "ask": _ask,
    "business_hours": lambda n, t: [],
    "csat": _text,
    "decide": lambda n, t: [],
    "decision_table": lambda n, t: [t("face.rows", n=len(n.rows))],
    "emit_event": lambda n, t: [n.name],
    "end": lambda n, t: _pairs(n.results),
    "erp_lookup": lambda n, t: [t.known("operation", n.operation), f"→ {n.save_as}"],
    "for_each": lambda n, t: [n.items],
    "hand_over": _hand_over,
    "http_request": lambda n, t: [f"{n.method} {n.url}", f"→ {n.save_as}"],
    "jump": lambda n, t: [f"→ {n.flow or n.node}"],
    "notify": lambda n, t: [f"{t.known('by', n.by)} → {n.to}", words(n.text)],
    "opt_in_out": lambda n, t: [t(f"face.consent.{n.action}") + (f" · {n.topic}" if n.topic else "")],
    "random_split": lambda n, t: [" · ".join(f"{s.exit} {s.weight}" for s in n.shares)],
    "run_flow": lambda n, t: [n.flow, *_pairs(n.arguments)],
    "schedule_flow": lambda n, t: [n.flow, minutes(n.minutes, t) if n.minutes else _value(n.at)],
    "send_message": _send_message,
    "send_payment": lambda n, t: [words(n.text), n.code],
    "send_template": lambda n, t: [n.name],
    "set_variable": _set_variable,
    "tag": lambda n, t: [" ".join([*(f"+{x}" for x in n.add), *(f"−{x}" for x in n.remove)])],
    "update_contact": lambda n, t: _pairs(n.fields),
    "wait": _wait,
    "window_state": lambda n, t: [],
}


def as_json(shown: Face, raw: Mapping[str, Any], x: float, y: float) -> dict[str, Any]:
    """The node as the canvas wants it; `raw` is there so that copying needs no question to the server."""
    return {
        **shown._asdict(),
        "exits": [e._asdict() for e in shown.exits],
        "x": x,
        "y": y,
        "raw": dict(raw),
    }
