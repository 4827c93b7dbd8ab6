"""What holds for every change of a flow document, whoever makes it."""

from __future__ import annotations

import msgspec
import pytest
from edits import COMMANDS, documents
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.edit import commands as cmd
from engine.core.edit import compose, diff
from engine.core.edit.apply import apply
from engine.core.errors import TramaError
from engine.core.flow import Document, Edge, Group
from engine.nodes import open_document


@given(documents(), COMMANDS)
@settings(max_examples=200)
def test_the_inverse_brings_everything_back_and_its_inverse_the_change(d: Document, c: cmd.Command) -> None:
    before = msgspec.json.encode(d)
    try:
        done = apply(d, c)
    except TramaError as refused:
        assert refused.code.startswith("edit:")
        assert msgspec.json.encode(d) == before
        return
    back = apply(done.document, done.inverse)
    assert back.document == d
    assert apply(back.document, back.inverse).document == done.document
    assert msgspec.json.encode(d) == before


@given(documents(), COMMANDS)
def test_a_changed_document_can_be_stored_and_opened(d: Document, c: cmd.Command) -> None:
    try:
        changed = apply(d, c).document
    except TramaError:
        return
    assert open_document(msgspec.json.encode(changed)) == changed


@given(COMMANDS)
def test_a_command_survives_the_wire(c: cmd.Command) -> None:
    assert cmd.read(msgspec.json.encode(c)) == c


@given(documents(), documents())
def test_commands_lead_from_any_document_to_any_other(old: Document, new: Document) -> None:
    reached = apply(old, diff.commands(old, new)).document
    left = diff.differences(reached, new)
    assert left.nothing and not left.moved
    assert {n.id: n for n in reached.notes} == {n.id: n for n in new.notes}
    assert {g.id: g for g in reached.groups} == {g.id: g for g in new.groups}


@given(documents(), st.data())
def test_deleting_leaves_nothing_that_points_into_the_void(d: Document, data: st.DataObject) -> None:
    ids = data.draw(st.sets(st.sampled_from(sorted(compose.names(d)) or ["none"])))
    after = apply(d, compose.delete(d, ids)).document
    kept = {n["id"] for n in after.nodes}
    assert kept == {n["id"] for n in d.nodes} - ids
    assert all({e.source, e.target} <= kept for e in after.edges)
    assert all(set(g.nodes) <= kept for g in after.groups if g.nodes != [])


@given(documents(), st.data())
def test_what_is_copied_and_pasted_is_there_twice(d: Document, data: st.DataObject) -> None:
    ids = data.draw(st.sets(st.sampled_from([n["id"] for n in d.nodes] or ["none"])))
    part = compose.fragment(d, ids)
    if not part.nodes:
        return
    again = compose.read_fragment(msgspec.json.encode(part))
    after = apply(d, compose.paste(d, again, (100.0, 100.0)).batch).document
    assert len(after.nodes) == len(d.nodes) + len(part.nodes)
    assert len({n["id"] for n in after.nodes}) == len(after.nodes)
    assert len(after.edges) == len(d.edges) + len(part.edges)
    assert after.nodes[: len(d.nodes)] == d.nodes


def flow(*edges: tuple[str, str, str], start: str = "a") -> Document:
    ids = sorted({i for s, _, t in edges for i in (s, t)})
    return Document(
        format=1, id="f", name="F", kind="chatbot", start=start,
        nodes=[{"id": i, "type": "send_message", "text": i} for i in ids],
        edges=[Edge(*e) for e in edges],
    )  # fmt: skip


def test_deleting_in_the_middle_heals_the_way() -> None:
    d = flow(("a", "next", "b"), ("b", "next", "c"), ("c", "next", "d"))
    after = apply(d, compose.delete(d, ["b", "c"])).document
    assert [(e.source, e.exit, e.target) for e in after.edges] == [("a", "next", "d")]


def test_deleting_the_start_starts_behind_it() -> None:
    d = flow(("a", "next", "b"), ("b", "next", "c"))
    assert apply(d, compose.delete(d, ["a"])).document.start == "b"


def test_inserting_on_a_way_leads_on() -> None:
    d = flow(("a", "next", "b"))
    batch = compose.insert(d, {"id": "n", "type": "tag"}, ["next"], (0, 0), after=("a", "next"))
    edges = {(e.source, e.exit): e.target for e in apply(d, batch).document.edges}
    assert edges == {("a", "next"): "n", ("n", "next"): "b"}


def test_a_change_of_what_somebody_else_changed_is_refused() -> None:
    d = flow(("a", "next", "b"))
    mine = cmd.SetNode(id="a", path="/text", value="mine", was=["a"])
    theirs = apply(d, cmd.SetNode(id="a", path="/text", value="theirs", was=["a"])).document
    with pytest.raises(TramaError, match="edit:conflict at /text"):
        apply(theirs, mine)


def test_undo_does_not_lay_itself_over_a_later_change_of_somebody_else() -> None:
    d = flow(("a", "next", "b"))
    mine = apply(d, cmd.SetNode(id="a", path="/text", value="mine"))
    theirs = apply(mine.document, cmd.SetNode(id="a", path="/text", value="theirs")).document
    with pytest.raises(TramaError, match="edit:conflict"):
        apply(theirs, mine.inverse)


def test_a_batch_that_fails_names_the_command() -> None:
    d = flow(("a", "next", "b"))
    batch = cmd.Batch(commands=[cmd.RemoveNode(id="a"), cmd.RemoveNode(id="a")])
    with pytest.raises(TramaError) as refused:
        apply(d, batch)
    assert (refused.value.code, refused.value.path) == ("edit:unknown-node", "/commands/1/id")


def test_a_group_goes_with_its_last_step_and_comes_back_where_it_was() -> None:
    groups = [Group(id=i, title=i, nodes=[n]) for i, n in (("first", "b"), ("second", "a"), ("third", "b"))]
    before = msgspec.structs.replace(flow(("a", "next", "b")), groups=groups)
    gone = apply(before, cmd.RemoveNode(id="b"))
    assert [g.id for g in gone.document.groups] == ["second"]
    assert apply(gone.document, gone.inverse).document == before
    # what takes a whole group away does so in one batch, too
    swept = apply(before, compose.delete(before, ["a", "b"]))
    assert swept.document.groups == [] and apply(swept.document, swept.inverse).document == before


def test_renaming_follows_edges_jumps_groups_and_tests() -> None:
    d = open_document(
        {
            "format": 1, "id": "f", "name": "F", "kind": "chatbot", "start": "a",
            "nodes": [{"id": "a", "type": "note", "text": "x"}, {"id": "j", "type": "jump", "node": "a"}],
            "edges": [{"from": "a", "exit": "next", "to": "j"}],
            "groups": [{"id": "g", "title": "G", "nodes": ["a"]}],
            "tests": [{"name": "t", "turns": [{"text": "oi", "exits": ["a.next"]}]}],
        }
    )  # fmt: skip
    after = apply(d, cmd.RenameNode(id="a", to="hello")).document
    assert after.start == "hello" and after.nodes[1]["node"] == "hello"
    assert after.edges[0].source == "hello" and after.groups[0].nodes == ["hello"]
    assert after.tests[0].turns[0].exits == ["hello.next"]


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "{}", '{"trama": "part"}', '{"nodes": [{"id": 3}]}', "[" * 5000]
)
def test_what_is_no_part_of_a_flow_is_not_pasted(text: str) -> None:
    with pytest.raises(TramaError, match="edit:not-a-fragment"):
        compose.read_fragment(text)


def test_a_whole_document_or_a_single_step_is_pasted_too() -> None:
    d = flow(("a", "next", "b"))
    assert len(compose.read_fragment(msgspec.json.encode(d)).edges) == 1
    one = compose.read_fragment('{"type": "end", "id": "end"}')
    after = apply(d, compose.paste(d, one, (0, 0)).batch).document
    assert [n["id"] for n in after.nodes] == ["a", "b", "end"]
