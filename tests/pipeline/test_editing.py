"""Drafts are changed by commands: in order, once, with undo that belongs to a person, and nobody's work is lost."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import msgspec
import pytest
from greeting import greeting
from harness import Company

from engine.core.edit import commands as cmd
from engine.core.edit.apply import apply
from engine.core.errors import TramaError
from engine.services import editing, flows, people
from engine.services.editing import Author
from engine.services.presence import Peer, heard, tell


async def person(acme: Company, name: str) -> Author:
    made = await people.save_person(
        acme.rt, acme.tenant, f"{name}@acme.example", name.title(), "a long password", ["administrator"]
    )
    return Author(person=made.id, name=name.title(), editor=name)


async def opened(acme: Company) -> str:
    await flows.create(acme.rt, acme.tenant, greeting())
    return "greeting"


def say(ident: str, text: str, **more: Any) -> cmd.SetNode:
    return cmd.SetNode(id=ident, path="/text", value=text, **more)


async def test_a_deed_is_kept_and_undone_and_done_again(acme: Company) -> None:
    flow, ana = await opened(acme), await person(acme, "ana")
    before = (await editing.draft(acme.rt, acme.tenant, flow)).document
    first = before.nodes[0]["id"]
    await editing.edit(acme.rt, acme.tenant, flow, say(first, "um"), ana, words="Mudar texto")
    two = await editing.edit(acme.rt, acme.tenant, flow, cmd.SetNode(id=first, path="/label", value="x"), ana)
    assert await editing.undo(acme.rt, acme.tenant, flow, ana) is not None
    back = await editing.undo(acme.rt, acme.tenant, flow, ana)
    assert back is not None and back.document == before and back.words == "Mudar texto"
    assert await editing.undo(acme.rt, acme.tenant, flow, ana) is None
    await editing.redo(acme.rt, acme.tenant, flow, ana)
    again = await editing.redo(acme.rt, acme.tenant, flow, ana)
    assert again is not None and again.document == two.document
    assert await editing.redo(acme.rt, acme.tenant, flow, ana) is None
    stored = await editing.draft(acme.rt, acme.tenant, flow)
    assert stored.document == two.document and stored.rev == 7
    assert [e.kind for e in await editing.history(acme.rt, acme.tenant, flow)] == [
        "redo", "redo", "undo", "undo", "do", "do",
    ]  # fmt: skip


async def test_a_new_deed_forgets_what_was_taken_back(acme: Company) -> None:
    flow, ana = await opened(acme), await person(acme, "ana")
    first = (await editing.draft(acme.rt, acme.tenant, flow)).document.nodes[0]["id"]
    await editing.edit(acme.rt, acme.tenant, flow, say(first, "um"), ana)
    await editing.undo(acme.rt, acme.tenant, flow, ana)
    await editing.edit(acme.rt, acme.tenant, flow, say(first, "dois"), ana)
    assert await editing.redo(acme.rt, acme.tenant, flow, ana) is None


async def test_undo_takes_back_ones_own_deed_and_refuses_to_cover_anothers(acme: Company) -> None:
    flow = await opened(acme)
    ana, bia = await person(acme, "ana"), await person(acme, "bia")
    nodes = [n["id"] for n in (await editing.draft(acme.rt, acme.tenant, flow)).document.nodes]
    await editing.edit(acme.rt, acme.tenant, flow, cmd.Move(to={nodes[0]: (1.0, 1.0)}), ana)
    await editing.edit(acme.rt, acme.tenant, flow, say(nodes[0], "da Bia"), bia)
    undone = await editing.undo(acme.rt, acme.tenant, flow, ana)
    assert undone is not None and undone.document.nodes[0]["text"] == "da Bia"
    await editing.edit(acme.rt, acme.tenant, flow, say(nodes[0], "da Ana"), ana)
    with pytest.raises(TramaError, match="edit:conflict"):
        await editing.undo(acme.rt, acme.tenant, flow, bia)
    assert (await editing.draft(acme.rt, acme.tenant, flow)).document.nodes[0]["text"] == "da Ana"


async def test_a_command_that_comes_twice_happens_once(acme: Company) -> None:
    flow, ana = await opened(acme), await person(acme, "ana")
    again = msgspec.structs.replace(ana, token=41)
    add = cmd.AddNode(node={"id": "aside", "type": "note", "text": "x"})
    one = await editing.edit(acme.rt, acme.tenant, flow, add, again)
    two = await editing.edit(acme.rt, acme.tenant, flow, add, again)
    assert (two.rev, two.again) == (one.rev, True)


async def test_a_refused_command_leaves_no_trace(acme: Company) -> None:
    flow, ana = await opened(acme), await person(acme, "ana")
    with pytest.raises(TramaError, match="edit:unknown-node"):
        await editing.edit(acme.rt, acme.tenant, flow, cmd.RemoveNode(id="nobody"), ana)
    assert await editing.history(acme.rt, acme.tenant, flow) == []
    assert (await editing.draft(acme.rt, acme.tenant, flow)).rev == 1


async def test_whole_saves_and_rollbacks_are_deeds_too(acme: Company) -> None:
    flow, ana = await opened(acme), await person(acme, "ana")
    before = (await editing.draft(acme.rt, acme.tenant, flow)).document
    await flows.update(acme.rt, acme.tenant, flow, greeting(description="new"), 1, person=ana.person)
    back = await editing.undo(acme.rt, acme.tenant, flow, ana)
    assert back is not None and back.document == before


async def test_another_company_cannot_touch_it(acme: Company) -> None:
    flow = await opened(acme)
    async with acme.rt.db.system() as c:
        other = await c.fetchval("SELECT trama_create_tenant('other', 'Other')")
    for deed in (
        editing.edit(acme.rt, other, flow, cmd.SetFlow(path="/name", value="mine"), Author()),
        editing.undo(acme.rt, other, flow, Author()),
        editing.since(acme.rt, other, flow, 0),
    ):
        with pytest.raises(TramaError, match="flow:unknown"):
            await deed


async def test_twenty_editors_end_equal_and_lose_nothing(acme: Company) -> None:
    """Each keeps its own copy by what it is told since its revision, in random order and with pauses."""
    flow = await opened(acme)
    start = await editing.draft(acme.rt, acme.tenant, flow)
    rng = random.Random(7)
    copies: list[tuple[int, Any]] = [(start.rev, start.document)] * 20
    added: set[str] = set()

    async def editor(n: int) -> None:
        who = Author(editor=f"e{n}")
        for k in range(6):
            ident = f"n{n}_{k}"
            await editing.edit(
                acme.rt, acme.tenant, flow, cmd.AddNode(node={"id": ident, "type": "note", "text": "x"}), who
            )
            added.add(ident)
            await asyncio.sleep(rng.random() / 200)
            command = rng.choice(
                [
                    cmd.Move(to={ident: (float(n), float(k))}),
                    say(ident, f"{n}/{k}"),
                    cmd.Connect(source=ident, exit="next", target=rng.choice(sorted(added))),
                ]
            )
            await editing.edit(acme.rt, acme.tenant, flow, command, who)
            if rng.random() < 0.5:
                late = await editing.since(acme.rt, acme.tenant, flow, copies[n][0])
                assert not late.whole
                copies[n] = (late.rev, late.document)

    await asyncio.gather(*(editor(n) for n in range(20)))
    end = await editing.draft(acme.rt, acme.tenant, flow)
    assert end.rev == start.rev + 240
    assert {n["id"] for n in end.document.nodes} >= added and len(added) == 120
    for rev, _ in copies:
        late = await editing.since(acme.rt, acme.tenant, flow, rev)
        assert late.document == end.document and late.rev == end.rev
    async with acme.rt.db.tenant(acme.tenant) as c:
        rows = await c.fetch("SELECT command FROM flow_edit ORDER BY rev")
    replayed = start.document
    for row in rows:
        replayed = apply(replayed, cmd.read(row["command"])).document
    assert replayed == end.document


async def test_editors_of_a_flow_hear_of_changes_and_of_each_other(acme: Company) -> None:
    flow, ana = await opened(acme), await person(acme, "ana")
    async with acme.rt.live.listen(f"flow/{acme.tenant}/{flow}") as queue:
        await editing.edit(acme.rt, acme.tenant, flow, cmd.SetFlow(path="/name", value="Novo"), ana)
        told = await asyncio.wait_for(queue.get(), 5)
        assert told.kind == "flow_edited" and told.data["touched"] == ["flow:name"]
        tell(acme.rt, acme.tenant, flow, Peer(editor="x", name="Ana", selection=["a"], locked="a"))
        assert heard(await asyncio.wait_for(queue.get(), 5)).locked == "a"


async def test_typing_on_is_one_deed(acme: Company) -> None:
    flow, ana = await opened(acme), await person(acme, "ana")
    before = (await editing.draft(acme.rt, acme.tenant, flow)).document
    first = before.nodes[0]["id"]
    for text in ("B", "Bom", "Bom dia"):
        await editing.edit(acme.rt, acme.tenant, flow, say(first, text), ana)
    await editing.edit(acme.rt, acme.tenant, flow, cmd.SetFlow(path="/name", value="N"), ana)
    await editing.edit(acme.rt, acme.tenant, flow, cmd.SetFlow(path="/name", value="Novo"), ana)
    named = await editing.undo(acme.rt, acme.tenant, flow, ana)
    assert named is not None and named.document.name == before.name
    assert named.document.nodes[0]["text"] == "Bom dia"
    typed = await editing.undo(acme.rt, acme.tenant, flow, ana)
    assert typed is not None and typed.document == before
    again = await editing.redo(acme.rt, acme.tenant, flow, ana)
    assert again is not None and again.document.nodes[0]["text"] == "Bom dia"


async def test_what_is_at_hand_is_what_is_stored(acme: Company) -> None:
    flow, ana = await opened(acme), await person(acme, "ana")
    world = {"hours": {"mon": [("08:00", "12:00")]}}
    test = cmd.SetFlow(path="/tests/-", value={"name": "t", "turns": [], "world": world})
    done = await editing.edit(acme.rt, acme.tenant, flow, test, ana)
    assert done.document == (await editing.draft(acme.rt, acme.tenant, flow)).document
