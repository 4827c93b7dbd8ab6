"""A flow as a script: steps numbered in the order in which a conversation meets them, ways out beneath them.

A step with one way out is followed by the next at the same level; where ways part, each has a line of its own with
what follows indented. A step is told once; who comes there again is sent to its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from builder_ui.editor.faces import Exit, Face, face
from builder_ui.texts import Texts
from engine.core.flow import Document

DEEPEST = 24


class Step(NamedTuple):
    id: str
    number: int
    level: int
    face: Face
    start: bool


class Way(NamedTuple):
    """An exit of a step. `target` is "" where it leads nowhere; `again` when the target has its line elsewhere."""

    id: str
    level: int
    exit: Exit
    target: str
    again: bool


class Apart(NamedTuple):
    """What follows is reached from nowhere."""


Line = Step | Way | Apart


def script(document: Document, t: Texts) -> list[Line]:
    edges: dict[str, dict[str, str]] = {}
    for edge in document.edges:
        edges.setdefault(edge.source, {})[edge.exit] = edge.target
    faces = {str(n.get("id")): face(n, t, edges.get(str(n.get("id")), ())) for n in document.nodes}
    lines: list[Line] = []
    told: set[str] = set()
    if document.start in faces:
        lines.extend(_walk(document.start, 0, faces, edges, told, document.start))
    rest = [i for i in faces if i not in told]
    if rest:
        lines.append(Apart())
        # those first that nothing leads to, so that what hangs on them follows them
        heads = {t for i in rest for t in edges.get(i, {}).values()}
        for ident in [*(i for i in rest if i not in heads), *rest]:
            if ident not in told:
                lines.extend(_walk(ident, 0, faces, edges, told, document.start))
    return _numbered(lines)


def _walk(
    start: str,
    level: int,
    faces: dict[str, Face],
    edges: dict[str, dict[str, str]],
    told: set[str],
    first: str,
) -> Iterator[Line]:
    """Depth first, with a stack of its own: a flow may be longer than Python is deep."""
    stack: list[tuple[str, int] | Line] = [(start, level)]
    while stack:
        item = stack.pop()
        if isinstance(item, Step | Way | Apart):
            yield item
            continue
        ident, depth = item
        if ident in told:
            continue
        told.add(ident)
        shown = faces[ident]
        yield Step(ident, 0, depth, shown, ident == first)
        following: list[tuple[str, int] | Line] = []
        out = edges.get(ident, {})
        normal = [e for e in shown.exits if e.kind == "normal"]
        main = normal[0] if len(normal) == 1 else None
        for way in shown.exits:
            target = out.get(way.name, "")
            if way is main or (way.kind != "normal" and not target):
                continue
            following.append(Way(ident, depth + 1, way, target, False))
            if target in faces:
                following.append((target, min(depth + 2, DEEPEST)))
        if main is not None:
            target = out.get(main.name, "")
            following.append(Way(ident, depth + 1, main, target, False))
            if target in faces:
                following.append((target, depth))
        stack.extend(reversed(following))


def _numbered(lines: list[Line]) -> list[Line]:
    """Numbers the steps, and says of ways whether their step follows. A single way that is followed by its step needs
    no line of its own."""
    numbered: list[Line] = []
    count = 0
    for n, line in enumerate(lines):
        if isinstance(line, Step):
            count += 1
            numbered.append(line._replace(number=count))
        elif isinstance(line, Way):
            after = lines[n + 1] if n + 1 < len(lines) else None
            follows = isinstance(after, Step) and after.id == line.target
            if follows and isinstance(after, Step) and after.level < line.level:
                continue
            numbered.append(line._replace(again=bool(line.target) and not follows))
        else:
            numbered.append(line)
    return numbered


def rows(lines: list[Line], t: Texts) -> list[dict[str, Any]]:
    """For the browser: plain values, short names (a thousand steps are a few hundred kB)."""
    numbers = {line.id: line.number for line in lines if isinstance(line, Step)}
    titles = {line.id: line.face.title for line in lines if isinstance(line, Step)}
    out: list[dict[str, Any]] = []
    for line in lines:
        match line:
            case Step():
                out.append(
                    {
                        "row": "step", "id": line.id, "n": line.number, "level": line.level,
                        "title": line.face.title, "text": " ".join(line.face.lines), "icon": line.face.icon,
                        "group": line.face.group, "start": line.start,
                        "exits": [[e.name, e.label] for e in line.face.exits],
                    }
                )  # fmt: skip
            case Way():
                to = ""
                if line.again:
                    to = t(
                        "outline.again",
                        n=numbers.get(line.target, "?"),
                        title=titles.get(line.target, line.target),
                    )
                elif not line.target:
                    to = t("outline.nowhere")
                out.append(
                    {
                        "row": "way", "id": line.id, "exit": line.exit.name, "level": line.level,
                        "title": line.exit.label, "text": to, "target": line.target, "kind": line.exit.kind,
                    }
                )  # fmt: skip
            case Apart():
                out.append({"row": "apart", "id": "", "level": 0, "title": t("outline.apart"), "text": ""})
    return out
