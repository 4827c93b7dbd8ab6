"""Broken, hostile and huge flow documents: brought in with a report, or refused with a code and the place; never a
fault, never something stored that cannot be read again, and the server goes on serving others."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import pytest
from greeting import greeting
from harness import Company

from builder_ui.editor.views import graph
from builder_ui.outline.script import rows, script
from builder_ui.texts import Texts
from engine.core.edit import commands as cmd
from engine.core.edit import compose
from engine.core.edit.bounds import LARGEST, MOST
from engine.core.errors import TramaError
from engine.services import editing, exchange, flow_list, flows
from engine.services.editing import Author

IMG = '<img src=x onerror="window.hacked=1">'
ANA = Author(name="Ana", editor="ana")
"""Seconds within which others are answered, whatever is brought in meanwhile."""


def chain(count: int, **changes: Any) -> dict[str, Any]:
    nodes = [{"type": "send_message", "id": f"n{n}", "text": f"Olá {n}"} for n in range(count)]
    edges = [{"from": f"n{n}", "exit": "next", "to": f"n{n + 1}"} for n in range(count - 1)]
    made: dict[str, Any] = greeting("chain")
    return made | {"start": "n0", "nodes": nodes, "edges": edges, "variables": []} | changes


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def deep_text(depth: int) -> bytes:
    """A node's setting so many lists deep, written by hand: Python's own writer is not that deep."""
    plain = json.dumps(chain(1, nodes=[{"type": "send_message", "id": "n0", "text": "DEEP"}]))
    return plain.replace('"DEEP"', "[" * depth + "1" + "]" * depth).encode()


def message(**more: Any) -> dict[str, Any]:
    return {"type": "send_message", "id": "n0", "text": "oi"} | more


REFUSED = {
    "not JSON": (b'{"format": 1,', "flow:not-json", ""),
    "not a number": (json.dumps(chain(1, layout={"n0": {"x": float("nan"), "y": 0}})).encode(), "flow:not-json", ""),
    "infinite": (json.dumps(chain(1)).replace('"nodes"', '"x": 1e999, "nodes"').encode(), "flow:not-json", ""),
    "half a character": (rb'{"format": 1, "name": "\ud800"}', "flow:not-json", ""),
    "10,000 deep": (deep_text(10_000), "flow:not-json", ""),
    "300 deep": (deep_text(300), "flow:too-deep", "/nodes/0/text/0/0/0"),
    "NUL in a text": (chain(1, nodes=[message(text="a\0b")]), "flow:bad-text", "/nodes/0/text"),
    "NUL in a name": (chain(1, nodes=[message(**{"a\0": 1})]), "flow:bad-text", "/nodes/0"),
    "NUL in an id": (chain(1, nodes=[message(id="\0")]), "flow:bad-text", "/nodes/0/id"),
    "a place beyond everything": (chain(1, layout={"n0": {"x": 1e308, "y": 0}}), "flow:out-of-range", "/layout/n0"),
    "a note beyond everything": (
        chain(1, notes=[{"id": "a", "text": "", "width": 1e300}]), "flow:out-of-range", "/notes/0"
    ),
    "a number of 300 digits": (chain(1, nodes=[message(wait=1e300)]), "flow:out-of-range", "/nodes/0/wait"),
    "a number of 400 digits": (chain(1, nodes=[message(wait=10**400)]), "flow:out-of-range", "/nodes/0/wait"),
    "5,001 steps": (chain(5_001), "flow:too-large", "/nodes"),
    "100,000 edges": (
        chain(3, edges=[{"from": "n0", "exit": f"e{n}", "to": "n1"} for n in range(100_000)]),
        "flow:too-large",
        "/edges",
    ),
    "groups of one id": (chain(1, groups=[{"id": "g", "title": ""}] * 2), "flow:same-id", "/groups/1/id"),
    "a note called like a step": (chain(1, notes=[{"id": "n0", "text": ""}]), "flow:same-id", "/notes/0/id"),
    "a step without id": (chain(1, nodes=[{"type": "ask"}]), "flow:bad-node", "/nodes/0/id"),
    "a step without type": (chain(1, nodes=[{"id": "a", "type": None}]), "flow:bad-node", "/nodes/0/type"),
    "a long id": (chain(1, nodes=[message(id="n" * 101)]), "flow:too-large", "/nodes/0/id"),
    "over 10 MB": (chain(1, description="x" * LARGEST), "flow:too-large", ""),
    "not a flow": ([1, 2], "flow:not-an-object", ""),
    "another kind": (chain(1, kind="<b>"), "flow:bad-document", "/kind"),
    "an id that is code": (chain(1, id="__proto__"), "flow:bad-document", "/id"),
    "nodes that are none": (chain(1, nodes=["x"]), "flow:bad-document", "/nodes/0"),
}  # fmt: skip


async def test_what_cannot_be_kept_is_refused_with_its_place(acme: Company) -> None:
    for name, (document, code, path) in REFUSED.items():
        raw = document if isinstance(document, bytes) else json.dumps(document).encode()
        for door in (exchange.examine, exchange.bring_in, flows.create):
            with pytest.raises(TramaError) as refused:
                await door(acme.rt, acme.tenant, raw)
            assert (refused.value.code, name) == (code, name)
            assert refused.value.path.startswith(path), name
    assert await flows.flows(acme.rt, acme.tenant) == []


ODD = ("__proto__", "constructor", "toString", "\u202eRTL", "a\u200bb", IMG, "x.y", "a/b~c", "😀", " ")
TAKEN_IN: dict[str, dict[str, Any]] = {
    "script in every text": chain(
        1,
        name=IMG,
        description=IMG,
        nodes=[message(text=IMG, label=IMG), {"type": IMG, "id": IMG, IMG: IMG}],
        edges=[{"from": "n0", "exit": IMG, "to": IMG}],
        notes=[{"id": IMG + "1", "text": IMG, "color": IMG}],
        groups=[{"id": IMG, "title": IMG, "nodes": [IMG, "ghost"]}],
        tests=[{"name": IMG, "turns": [{"text": IMG, "expect": [IMG]}]}],
    ),
    "odd ids": chain(
        1,
        nodes=[message(id=i) for i in ODD],
        edges=[{"from": i, "exit": "next", "to": o} for i, o in itertools.pairwise(ODD)],
        layout={i: {"x": n * 300, "y": 0} for n, i in enumerate(ODD)},
        start="__proto__",
    ),
    "steps of one id": chain(1, nodes=[message(), message(text="again"), message(id="n1")]),
    "settings of another shape": chain(
        1, nodes=[message(text=nested(40)), message(id="b", more="x", media=1)]
    ),
    "cycles": chain(
        50, edges=[{"from": f"n{n}", "exit": "next", "to": f"n{(n + 1) % 50}"} for n in range(50)]
    ),
    "itself": chain(1, edges=[{"from": "n0", "exit": "next", "to": "n0"}]),
    "edges from and to nowhere": chain(2, edges=[{"from": "x", "exit": "", "to": "y"}], start="nowhere"),
    "a very long text": chain(1, nodes=[message(text="á" * 1_000_000, label="x" * 100_000)]),
    "steps in groups of groups": chain(
        2, groups=[{"id": "n0", "title": "", "nodes": ["n0", "n0", "g"]}, {"id": "g", "title": ""}]
    ),
}


HARMLESS = ("a very long text", "odd ids", "steps in groups of groups")


@pytest.mark.parametrize("name", TAKEN_IN)
async def test_what_can_be_kept_comes_in_with_a_report_and_is_edited(acme: Company, name: str) -> None:
    document = TAKEN_IN[name]
    report = await exchange.examine(acme.rt, acme.tenant, json.dumps(document))
    assert report.errors > 0 or name in HARMLESS
    made = await flow_list.copy(acme.rt, acme.tenant, report.document, "Cópia")
    flow = made.row.id
    stored = (await editing.draft(acme.rt, acme.tenant, flow)).document
    assert stored.nodes == document["nodes"] and stored.notes == report.document.notes
    for language in ("pt-BR", "en"):
        t = Texts(language)
        assert len(graph(stored, 1, t)["nodes"]) == len(stored.nodes)
        assert rows(script(stored, t), t)
    await flows.check(acme.rt, acme.tenant, flow)
    await flows.test(acme.rt, acme.tenant, flow)

    # and what was done to it is taken back
    ids = [str(n["id"]) for n in stored.nodes if isinstance(n.get("id"), str)]
    for ident in dict.fromkeys(ids):
        await editing.edit(acme.rt, acme.tenant, flow, cmd.Move(to={ident: (5.0, 5.0)}), ANA)
    batch = compose.delete(stored, ids)
    if len(ids) == len(set(ids)):
        await editing.edit(acme.rt, acme.tenant, flow, batch, ANA)
        while await editing.undo(acme.rt, acme.tenant, flow, ANA):
            pass
        after = (await editing.draft(acme.rt, acme.tenant, flow)).document
        assert after.nodes == stored.nodes and sorted(map(repr, after.edges)) == sorted(
            map(repr, stored.edges)
        )


BAD_COMMANDS: dict[str, tuple[cmd.Command, str]] = {
    "a place beyond everything": (cmd.Move(to={"name": (1e17, 0.0)}), "edit:invalid"),
    "a step beyond everything": (cmd.AddNode(node=message(), at=(0.0, -1e9)), "edit:invalid"),
    "NUL": (cmd.SetNode(id="hello", path="/text", value="a\0"), "flow:bad-text"),
    "NUL in what is overwritten": (
        cmd.Batch(commands=[cmd.SetFlow(path="/name", value="\0"), cmd.SetFlow(path="/name", value="a")]),
        "flow:bad-text",
    ),
    "depth": (cmd.SetNode(id="hello", path="/text", value=nested(150)), "flow:too-deep"),
    "size": (cmd.SetNode(id="hello", path="/text", value="x" * LARGEST), "flow:too-large"),
    "edges": (
        cmd.Batch(commands=[cmd.Connect(source="hello", exit=f"e{n}", target="end") for n in range(2_001)]),
        "flow:too-large",
    ),
}


async def test_a_command_cannot_make_what_could_not_be_brought_in(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST, "edges", 2_000)
    await flows.create(acme.rt, acme.tenant, greeting())
    before = await editing.draft(acme.rt, acme.tenant, "greeting")
    for name, (command, code) in BAD_COMMANDS.items():
        with pytest.raises(TramaError) as refused:
            await editing.edit(acme.rt, acme.tenant, "greeting", command, ANA)
        assert (refused.value.code, name) == (code, name)
    assert await editing.draft(acme.rt, acme.tenant, "greeting") == before


@pytest.mark.parametrize(
    "text", ["", "[" * 20_000, '{"nodes": [{"id": 1}]}', '{"nodes": 3}', "[null]", '"\\ud800"']
)
def test_what_is_pasted_by_mistake_is_no_part_of_a_flow(text: str) -> None:
    with pytest.raises(TramaError, match="edit:not-a-fragment"):
        compose.read_fragment(text)


async def served_meanwhile(work: Any) -> tuple[int, Any]:
    """How often somebody else was served while `work` went on."""
    served = 0

    async def others() -> None:
        nonlocal served
        while True:
            await asyncio.sleep(0.005)
            served += 1

    beside = asyncio.create_task(others())
    try:
        result = await work
    finally:
        beside.cancel()
    return served, result


async def test_others_are_served_while_the_largest_flow_comes_in_and_is_checked(acme: Company) -> None:
    large = json.dumps(chain(5_000, description="x" * 1_000_000)).encode()
    served, draft = await served_meanwhile(exchange.bring_in(acme.rt, acme.tenant, large))
    assert served > 5
    served, _ = await served_meanwhile(flows.check(acme.rt, acme.tenant, draft.row.id))
    assert served > 5
