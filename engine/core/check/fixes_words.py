"""Fixes inside settings: names that nothing sets, fields that do not exist, unguarded comparisons, lengths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from engine.core.check.fix import Fix
from engine.core.check.variables import FIELDS
from engine.core.edit.commands import SetFlow, SetNode, Single
from engine.core.edit.places import ABSENT, read, split
from engine.core.errors import pointer
from engine.core.flow import Flow
from engine.core.node import Problem
from engine.core.run import RESERVED
from engine.core.words import distance, folded

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.S)
_MOST_SLIPS = 2
_DEFAULTS: dict[str, Any] = {
    "number": 0, "money": 0, "boolean": False, "list": [], "object": {},
}  # fmt: skip


def unset(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """Another name that is nearly the same, else declare it."""
    name = dict(problem.about).get("name", "")
    near = _nearest(name, _given(flow))
    if near:
        yield from _renamed(flow, problem, name, near)
    if re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        yield Fix(
            name="declare_variable",
            command=SetFlow(path="/variables/-", value={"name": name, "type": "text", "default": ""}),
            about=(("name", name),),
        )


def maybe_unset(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """Say what to write where it has no value."""
    name = dict(problem.about).get("name", "")

    def guarded(hole: str) -> str:
        reads = hole.strip().split("|")[0].strip().split(".")[0] == name
        return f'{hole.rstrip()} | default("") ' if reads and "default" not in hole else hole

    yield from _written(flow, problem, lambda text: _holes(text, guarded), "add_default", (("name", name),))
    for n, variable in enumerate(flow.document.variables):
        if variable.name == name and variable.default is None:
            value = _DEFAULTS.get(variable.type, "")
            yield Fix(
                name="variable_default",
                command=SetFlow(path=pointer("variables", n, "default"), value=value),
                about=(("name", name),),
            )


def unknown_field(flow: Flow, problem: Problem) -> Iterator[Fix]:
    about = dict(problem.about)
    head, wrong = about.get("name", ""), about.get("field", "")
    declared = next((set(v.fields) for v in flow.document.variables if v.name == head), set())
    near = _nearest(wrong, FIELDS.get(head, declared))
    if near:
        yield from _renamed(flow, problem, f"{head}.{wrong}", f"{head}.{near}")


def reserved(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """A declared variable that is called like something of the product."""
    if not problem.path.startswith("/variables/"):
        return
    name = dict(problem.about).get("name", "")
    taken = {v.name for v in flow.document.variables} | set(RESERVED)
    free = next(f"{name}_{k}" for k in range(2, 1_000) if f"{name}_{k}" not in taken)
    yield Fix(name="rename_variable", command=SetFlow(path=problem.path, value=free), about=(("to", free),))


def guard(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """A comparison that is true without data asks first whether there is any."""
    place, raw = _place(flow, problem)
    if not isinstance(raw, dict) or len(raw) != 1:
        return
    (given,) = raw.values()
    for arg in given if isinstance(given, list) else []:
        keys = arg.get("var") if isinstance(arg, dict) and len(arg) == 1 else None
        if isinstance(keys, list) and len(keys) == 1:
            keys = keys[0]
        if isinstance(keys, str) and keys:
            safe = {"and": [{"exists": keys.split(".")}, raw]}
            yield Fix(name="guard_exists", command=place(problem.path, safe), about=(("name", keys),))
            return


def shorten(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """Cut at a word, with an ellipsis where it has to be inside one."""
    most = int(dict(problem.about).get("limit", "0"))
    _, text = _place(flow, problem)
    if isinstance(text, str) and 0 < most < len(text):
        cut = text[:most].rsplit(" ", 1)[0].rstrip(" ,;:-–") if " " in text[:most] else ""
        short = cut if len(cut) >= most // 2 else text[: most - 1] + "…"
        yield Fix(
            name="shorten",
            command=SetNode(id=problem.node, path=problem.path, value=short),
            about=(("to", short),),
        )


def earlier(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """An hour before the window closes."""
    hours = int(dict(problem.about).get("hours", "0"))
    if hours > 1:
        yield Fix(
            name="remind_earlier",
            command=SetNode(id=problem.node, path=problem.path, value=(hours - 1) * 60),
            about=(("hours", str(hours - 1)),),
        )


def same_exit(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """The second of two options of one name gets another."""
    _, name = _place(flow, problem)
    node = flow.nodes.get(problem.node)
    if isinstance(name, str) and node is not None and hasattr(node, "exits"):
        taken = set(node.exits())
        free = next(f"{name}_{k}" for k in range(2, 1_000) if f"{name}_{k}" not in taken)
        yield Fix(
            name="rename_exit",
            command=SetNode(id=problem.node, path=problem.path, value=free),
            about=(("to", free),),
        )


def cells(flow: Flow, problem: Problem) -> Iterator[Fix]:
    """A row of a table gets as many cells as there are inputs: empty ones mean any."""
    _, row = _place(flow, problem)
    inputs = getattr(flow.nodes.get(problem.node), "inputs", None)
    if isinstance(row, list) and isinstance(inputs, list):
        wanted = [*row, *([None] * len(inputs))][: len(inputs)]
        yield Fix(name="fit_cells", command=SetNode(id=problem.node, path=problem.path, value=wanted))


def _renamed(flow: Flow, problem: Problem, name: str, to: str) -> Iterator[Fix]:
    """The same setting with another path in its texts and rules."""

    def swapped(path: str) -> str:
        return to + path[len(name) :] if path == name or path.startswith(f"{name}.") else path

    def hole(inner: str) -> str:
        path, *rest = inner.split("|")
        bare = path.strip()
        return "|".join([path.replace(bare, swapped(bare), 1), *rest]) if bare else inner

    def anywhere(value: Any) -> Any:
        match value:
            case str():
                return _holes(value, hole)
            case {"var": str(path), **rest} if not rest:
                return {"var": swapped(path)}
            case {"var": [str(path), *others], **rest} if not rest:
                return {"var": [swapped(path), *others]}
            case dict():
                return {k: anywhere(v) for k, v in value.items()}
            case list():
                return [anywhere(v) for v in value]
        return value

    yield from _written(flow, problem, anywhere, "use_name", (("name", name), ("to", to)))


def _written(
    flow: Flow,
    problem: Problem,
    change: Callable[[Any], Any],
    name: str,
    about: tuple[tuple[str, str], ...],
) -> Iterator[Fix]:
    place, value = _place(flow, problem)
    if value is ABSENT:
        return
    changed = {k: change(v) for k, v in value.items()} if _variants(value) else change(value)
    if changed != value:
        yield Fix(name=name, command=place(problem.path, changed), about=about)


def _variants(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values()) and "default" in value


def _holes(value: Any, change: Callable[[str], str]) -> Any:
    return _HOLE.sub(lambda m: "{{" + change(m[1]) + "}}", value) if isinstance(value, str) else value


def _place(flow: Flow, problem: Problem) -> tuple[Callable[[str, Any], Single], Any]:
    """How to write at the problem's path, and what stands there."""
    if not problem.node:
        document = {"triggers": _plain(flow.document.triggers), "variables": _plain(flow.document.variables)}
        return (lambda path, value: SetFlow(path=path, value=value)), _at(document, problem.path)
    raw = next((n for n in flow.document.nodes if n.get("id") == problem.node), {})
    return (lambda path, value: SetNode(id=problem.node, path=path, value=value)), _at(raw, problem.path)


def _plain(items: Iterable[Any]) -> Any:
    return msgspec.to_builtins(list(items))


def _at(value: Any, path: str) -> Any:
    return read(value, split(path)) if path else ABSENT


def _given(flow: Flow) -> set[str]:
    written = {w for n in flow.nodes.values() if hasattr(n, "writes") for w in n.writes()}
    return written | {v.name for v in flow.document.variables} | set(RESERVED)


def _nearest(name: str, others: Iterable[str]) -> str:
    """The name that differs by the least slips of the fingers; "" where none is near, or two are equally."""
    most = _MOST_SLIPS if len(name) > 4 else 1
    ranked = sorted((distance(folded(name), folded(o), most), o) for o in others if o != name)
    near = [r for r in ranked if r[0] <= most]
    return near[0][1] if near and (len(near) == 1 or near[0][0] < near[1][0]) else ""
