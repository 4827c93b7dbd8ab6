"""What the canvas and the outline show of a document."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from edits import COMMANDS, documents
from hypothesis import given
from hypothesis import strategies as st

from builder_ui.editor.asks import blank
from builder_ui.editor.faces import LINES, face
from builder_ui.editor.views import graph, operations
from builder_ui.outline.script import Step, Way, rows, script
from builder_ui.texts import LANGUAGES, Texts
from engine.core.edit import commands as cmd
from engine.core.edit.apply import apply
from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.nodes import open_document, registry

T = Texts("pt-BR")
EMPTY = Document(format=1, id="f", name="F", kind="chatbot", start="", nodes=[])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", registry())
def test_every_node_type_has_a_face_with_plain_exits(kind: str, language: str) -> None:
    t = Texts(language)
    for raw in [blank(EMPTY, kind), *(e.node for e in registry()[kind].examples)]:
        shown = face(raw, t)
        assert shown.title and len(shown.lines) <= LINES
        if all(e.kind != "normal" or e.name in ("a", "b", "each") for e in shown.exits):
            continue
        common = [
            e for e in shown.exits if e.kind == "error" or e.name in ("next", "timeout", "else", "other")
        ]
        assert all(e.label != e.name for e in common)


def test_a_step_that_cannot_be_read_keeps_its_connected_exits() -> None:
    shown = face({"id": "m", "type": "menu", "text": "Oi", "options": 7}, T, ["one", "other"])
    assert [e.name for e in shown.exits] == ["one", "other"] and shown.lines == ("Oi",)
    unknown = face({"id": "x", "type": "hologram"}, T, ["beam"])
    assert (unknown.group, [e.name for e in unknown.exits]) == ("unknown", ["beam"])


def _state(told: dict[str, Any]) -> dict[str, Any]:
    edges: dict[str, list[list[str]]] = {}
    for source, exit_name, target in told["edges"]:
        edges.setdefault(source, []).append([exit_name, target])
    return {
        "nodes": {n["id"]: n for n in told["nodes"]},
        "edges": edges,
        "notes": {n["id"]: n for n in told["notes"]},
        "groups": {g["id"]: g for g in told["groups"]},
        "start": told["start"],
    }


def _patched(state: dict[str, Any], ops: list[list[Any]]) -> dict[str, Any]:
    for op in ops:
        match op:
            case ["node", view]:
                state["nodes"][view["id"]] = view
            case ["gone", ident]:
                state["nodes"].pop(ident, None)
                state["edges"].pop(ident, None)
            case ["edges", source, pairs]:
                state["edges"].pop(source, None)
                if pairs:
                    state["edges"][source] = pairs
            case ["places", places]:
                for ident, (x, y) in places.items():
                    state["nodes"][ident] |= {"x": x, "y": y}
            case ["note" | "group" as what, thing]:
                state[what + "s"][thing["id"]] = thing
            case ["nonote" | "nogroup" as what, ident]:
                state[what.removeprefix("no") + "s"].pop(ident, None)
            case ["start", ident]:
                state["start"] = ident
    return state


@given(documents(), st.lists(COMMANDS, max_size=4))
def test_a_canvas_that_is_told_of_changes_shows_what_a_fresh_one_shows(
    d: Document, commands: list[cmd.Command]
) -> None:
    # nodes without a place stand in a grid by their order: only placed ones stay where they are
    d = msgspec.structs.replace(d, layout={})
    placed = cmd.Move(to={n["id"]: (1.0, 2.0) for n in d.nodes})
    d = apply(d, placed).document
    canvas = _state(graph(d, 1, T))
    for command in commands:
        try:
            done = apply(d, command)
        except TramaError:
            continue
        d = done.document
        canvas = _patched(canvas, operations(d, done.touched, T))
    fresh = _state(graph(d, 1, T))
    for state in (canvas, fresh):
        for ident, view in state["nodes"].items():
            if ident not in d.layout:
                view["x"] = view["y"] = None
        for ident in [i for i in state["edges"] if i not in state["nodes"]]:
            del state["edges"][ident]
    assert canvas == fresh


FLOW: dict[str, Any] = {
    "format": 1, "id": "f", "name": "F", "kind": "chatbot", "start": "hi",
    "nodes": [
        {"id": "lost", "type": "close"},
        {"id": "hi", "type": "send_message", "text": "Oi"},
        {"id": "m", "type": "menu", "text": "?", "options": [{"id": "a", "title": "A"}, {"id": "b", "title": "B"}]},
        {"id": "yes", "type": "send_message", "text": "Sim"},
        {"id": "end", "type": "end"},
    ],
    "edges": [
        {"from": "hi", "exit": "next", "to": "m"}, {"from": "m", "exit": "a", "to": "yes"},
        {"from": "yes", "exit": "next", "to": "end"}, {"from": "m", "exit": "b", "to": "end"},
    ],
}  # fmt: skip


def test_the_outline_reads_as_a_script() -> None:
    lines = script(open_document(FLOW), T)
    told = [
        (line.number, line.id, line.level)
        if isinstance(line, Step)
        else (line.exit.label, line.target, line.again)
        for line in lines
        if isinstance(line, Step | Way)
    ]
    assert told == [
        (1, "hi", 0), (2, "m", 0),
        ("A", "yes", False), (3, "yes", 2), (4, "end", 2),
        ("B", "end", True),
        ("Outra coisa", "", False),
        ("Sem resposta", "", False),
        (5, "lost", 0),
    ]  # fmt: skip
    assert [r["row"] for r in rows(lines, T)].count("apart") == 1
    assert "vai para 4. Fim" in [r["text"] for r in rows(lines, T)]


@given(documents())
def test_the_outline_tells_every_step_once_and_ends(d: Document) -> None:
    steps = [line.id for line in script(d, T) if isinstance(line, Step)]
    assert sorted(steps) == sorted(n["id"] for n in d.nodes)


def test_a_circle_of_five_thousand_steps_is_told_too() -> None:
    nodes = [{"id": f"n{n}", "type": "send_message", "text": "x"} for n in range(5000)]
    edges = [{"from": f"n{n}", "exit": "next", "to": f"n{(n + 1) % 5000}"} for n in range(5000)]
    d = open_document({**FLOW, "start": "n0", "nodes": nodes, "edges": edges})
    assert len([line for line in script(d, T) if isinstance(line, Step)]) == 5000
