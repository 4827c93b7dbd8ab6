"""Random flow documents and random commands for them, for the laws of editing."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from engine.core.edit import commands as cmd
from engine.core.flow import Document, Edge, FlowTest, Group, Place, Sticky, TestTurn, Variable

IDS = ["ask", "menu", "end", "send", "wait", "tag"]
NOTES = ["note_1", "note_2"]
GROUPS = ["g1", "g2"]
EXITS = ["next", "error", "a/b~c"]
JSON: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, 3, "", "é/~{", [], [1, {"x": "a"}], {}, {"x": {"y": [1]}}, {"z": None}]
)
XYS = st.tuples(st.integers(-9, 9).map(float), st.integers(-9, 9).map(float))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=5))
    nodes = [
        {"id": i, "type": "note", "text": draw(JSON), "list": draw(st.lists(JSON, max_size=3))} for i in ids
    ]
    ends = st.sampled_from(ids) if ids else st.nothing()
    raw = draw(st.lists(st.tuples(ends, st.sampled_from(EXITS), ends), max_size=6)) if ids else []
    edges = {(s, x): Edge(s, x, t) for s, x, t in raw}
    return Document(
        format=1,
        id="flow",
        name="Flow",
        kind="chatbot",
        start=draw(st.sampled_from([*ids, ""])),
        nodes=nodes,
        edges=list(edges.values()),
        layout={i: Place(x=1.0, y=float(n)) for n, i in enumerate(ids) if draw(st.booleans())},
        notes=[Sticky(id=i, text="n") for i in draw(st.lists(st.sampled_from(NOTES), unique=True))],
        groups=[
            Group(id=i, title="g", nodes=[n for n in ids if draw(st.booleans())])
            for i in draw(st.lists(st.sampled_from(GROUPS), unique=True))
        ],
        variables=[Variable(name="v")] if draw(st.booleans()) else [],
        tests=[FlowTest(name="t", turns=[TestTurn(text="x", exits=[f"{i}.next" for i in ids])])],
    )


_id = st.sampled_from(IDS)
_value = st.one_of(st.just(msgspec.UNSET), JSON)
_path = st.sampled_from(["/text", "/list", "/list/0", "/list/-", "/list/1/x", "/text/x", "/new", "/label"])
SINGLES: st.SearchStrategy[cmd.Single] = st.one_of(
    st.builds(
        cmd.AddNode,
        node=st.builds(lambda i, v: {"id": i, "type": "note", "text": v}, _id, JSON),
        at=st.none() | XYS,
        index=st.none() | st.integers(0, 3),
    ),
    st.builds(cmd.RemoveNode, id=_id),
    st.builds(cmd.RenameNode, id=_id, to=_id),
    st.builds(cmd.SetNode, id=_id, path=_path, value=_value),
    st.builds(
        cmd.SetFlow,
        path=st.sampled_from(
            ["/name", "/description", "/start", "/variables/0/default", "/tests/-", "/tests/0"]
        ),
        value=st.one_of(_value, st.just({"name": "other", "turns": []})),
    ),
    st.builds(cmd.Move, to=st.dictionaries(st.sampled_from(IDS + NOTES), st.none() | XYS, max_size=3)),
    st.builds(cmd.Connect, source=_id, exit=st.sampled_from(EXITS), target=_id),
    st.builds(cmd.Disconnect, source=_id, exit=st.sampled_from(EXITS)),
    st.builds(
        cmd.PutNote, note=st.builds(Sticky, id=st.sampled_from(NOTES), text=st.sampled_from(["", "a"]))
    ),
    st.builds(cmd.RemoveNote, id=st.sampled_from(NOTES)),
    st.builds(
        cmd.PutGroup,
        group=st.builds(
            Group,
            id=st.sampled_from(GROUPS),
            title=st.text("ab", max_size=2),
            nodes=st.lists(_id, max_size=2),
        ),
    ),
    st.builds(cmd.RemoveGroup, id=st.sampled_from(GROUPS)),
)
COMMANDS: st.SearchStrategy[cmd.Command] = SINGLES | st.builds(
    cmd.Batch, commands=st.lists(SINGLES, max_size=4)
)
