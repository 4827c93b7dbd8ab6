"""The form of every node type, made from its schema: what it shows, and what it writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from nicegui import Client, core, ui
from nicegui.element import Element
from nicegui.page import page
from nicegui.testing.general import nicegui_reset_globals
from paper import Paper, flow, names

from builder_ui.form.elements import _Input
from builder_ui.form.field import label_of
from builder_ui.form.form import flow_settings, settings_form
from builder_ui.form.raw import NodeJson
from builder_ui.form.shape import CONTROLS, MORE_OF, PLAIN, WHEN, inner, specs
from builder_ui.form.shared import know
from builder_ui.form.sheet import Sheet
from builder_ui.texts import Texts
from engine.core.edit.commands import Batch, SetNode
from engine.nodes import registry

END = {"id": "fim", "type": "end", "label": "Fim"}
EXAMPLES = [
    pytest.param(example.node, id=f"{kind}: {example.name}")
    for kind, cls in registry().items()
    for example in cls.examples
]


@pytest.fixture(scope="module")
def screens() -> Iterator[None]:
    """NiceGUI as if nobody had used it; once for all, because that takes a tenth of a second."""
    with nicegui_reset_globals():
        yield


@pytest.fixture
async def slot(screens: None) -> AsyncIterator[Client]:
    """A page that no browser looks at."""
    core.loop = asyncio.get_running_loop()
    client = Client(page("/form-under-test"), request=None)
    yield client
    client.delete()


def draw(client: Client, desk: Paper, ident: str) -> None:
    with client:
        settings_form(desk, ident, load=names)


def texts_of(root: Element) -> list[str]:
    return [str(e.text) for e in root.descendants() if hasattr(e, "text")]


def field(client: Client, path: str) -> _Input:
    """The input of the field at a pointer."""
    box = next(e for e in client.elements.values() if e.props.get("data-path") == path)
    return next(e for e in box.descendants() if isinstance(e, _Input))


async def settle(client: Client, path: str, value: Any) -> None:
    """As if a person had put this value in."""
    told = field(client, path)._told
    assert told is not None
    await told(value)


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_every_field_of_every_node_type_has_a_label(language: str) -> None:
    t = Texts(language)
    unnamed = []
    for kind in registry():
        for spec in specs(kind):
            parts = [s for ref in spec.parts for s in inner(spec.parts, ref)] if spec.parts else []
            for one in (spec, *parts):
                if label_of(t, one.owner, one.name) == one.name and t.known("field", one.name) == one.name:
                    unnamed.append(f"{one.owner}.{one.name}")
    assert sorted(set(unnamed)) == []


def test_every_field_has_a_title_in_its_schema() -> None:
    bare = [f"{kind}.{s.name}" for kind in registry() for s in specs(kind) if "title" not in s.schema]
    assert bare == []


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_every_value_of_a_choice_has_words(language: str) -> None:
    t = Texts(language)
    for kind in registry():
        for spec in specs(kind):
            for value in spec.schema.get("enum", ()) if spec.name != "method" else ():
                assert t.known(f"choice.{spec.name}", value) != value or t.known("choice", value) != value, (
                    value
                )


def test_what_is_said_about_fields_is_said_of_fields_that_exist() -> None:
    known = {f"{kind}.{s.name}" for kind in registry() for s in specs(kind)}
    parts = {
        f"{s.owner}.{s.name}"
        for k in registry()
        for o in specs(k)
        for ref in o.parts
        for s in inner(o.parts, ref)
    }
    assert (CONTROLS.keys() | MORE_OF | WHEN.keys()) - known == set()
    assert PLAIN - known - parts == set()


@pytest.mark.parametrize("raw", EXAMPLES)
async def test_each_example_has_a_form_that_changes_nothing_by_being_looked_at(
    slot: Client, raw: dict[str, Any]
) -> None:
    desk = Paper(flow(raw, END))
    draw(slot, desk, raw["id"])
    assert registry()[raw["type"]].palette.title["pt-BR"] in texts_of(slot.content)
    assert desk.done == []


async def test_a_text_is_written_with_what_was_seen_there(slot: Client) -> None:
    desk = Paper(flow({"id": "oi", "type": "send_message", "text": "Olá"}))
    draw(slot, desk, "oi")
    await settle(slot, "/text", "Olá, {{ contact.name }}!")
    assert desk.done == [SetNode(id="oi", path="/text", value="Olá, {{ contact.name }}!", was=["Olá"])]


async def test_back_to_the_default_takes_the_member_away(slot: Client) -> None:
    desk = Paper(flow({"id": "pause", "type": "wait", "minutes": 5}))
    draw(slot, desk, "pause")
    await settle(slot, "/minutes", 60)
    assert desk.node("pause") == {"id": "pause", "type": "wait"}


async def test_what_is_not_valid_is_kept_and_said_beside_the_field(slot: Client) -> None:
    desk = Paper(flow({"id": "pause", "type": "wait", "minutes": 5}))
    draw(slot, desk, "pause")
    await settle(slot, "/minutes", "amanhã")
    assert desk.node("pause")["minutes"] == "amanhã"
    assert "Isto não é um número." in texts_of(slot.content)
    assert field(slot, "/minutes").props["invalid"] is True
    await settle(slot, "/minutes", 10)
    assert "Isto não é um número." not in texts_of(slot.content)


async def test_what_somebody_else_writes_appears_without_drawing_the_form_again(slot: Client) -> None:
    desk = Paper(flow({"id": "oi", "type": "send_message", "text": "Olá"}))
    draw(slot, desk, "oi")
    before = field(slot, "/text")
    desk.take(SetNode(id="oi", path="/text", value="Bom dia"), mine=False)
    assert field(slot, "/text") is before
    assert before.value == "Bom dia"


async def test_a_refused_edit_is_said_and_not_lost(slot: Client) -> None:
    desk = Paper(flow({"id": "oi", "type": "send_message", "text": "Olá"}))
    draw(slot, desk, "oi")
    desk.refuse = True
    await settle(slot, "/text", "perdido?")
    assert any("continua aqui" in text for text in texts_of(slot.content))


async def test_a_new_title_renames_the_exit_and_brings_its_edge_along(slot: Client) -> None:
    options = [{"id": "segunda_via", "title": "Segunda via"}]
    menu = {"id": "menu", "type": "menu", "text": "?", "options": options}
    desk = Paper(flow(menu, END, edges=[{"from": "menu", "exit": "segunda_via", "to": "fim"}]))
    draw(slot, desk, "menu")
    await settle(slot, "/options/0/title", "2ª via da conta")
    assert desk.node("menu")["options"] == [{"id": "opcao_2a_via_da_conta", "title": "2ª via da conta"}]
    assert [e.target for e in desk.document.edges] == ["fim"]
    assert desk.document.edges[0].exit == desk.node("menu")["options"][0]["id"]
    assert len(desk.done) == 1 and isinstance(desk.done[0], Batch)


async def test_an_exit_that_was_named_by_hand_keeps_its_name(slot: Client) -> None:
    menu = {"id": "menu", "type": "menu", "text": "?", "options": [{"id": "conta", "title": "Segunda via"}]}
    desk = Paper(flow(menu))
    draw(slot, desk, "menu")
    await settle(slot, "/options/0/title", "Boleto")
    assert desk.node("menu")["options"] == [{"id": "conta", "title": "Boleto"}]


async def test_hostile_words_are_words(slot: Client) -> None:
    evil = "<img src=x onerror=alert(1)>"
    desk = Paper(flow({"id": "oi", "type": "send_message", "text": evil, "label": evil}))
    draw(slot, desk, "oi")
    assert not any(isinstance(e, ui.html | ui.markdown) for e in slot.elements.values())
    assert evil in texts_of(slot.content)


async def test_a_type_that_is_not_installed_is_shown_and_left_alone(slot: Client) -> None:
    desk = Paper(flow({"id": "x", "type": "teleport", "to": "mars"}))
    draw(slot, desk, "x")
    said = "\n".join(texts_of(slot.content))
    assert "teleport" in said and '"mars"' in said


async def test_one_subscription_serves_all_forms_of_a_desk(slot: Client) -> None:
    desk = Paper(flow({"id": "oi", "type": "send_message", "text": "Olá"}))
    for _ in range(5):
        with slot:
            box = ui.element("div")
        with box:
            settings_form(desk, "oi", load=names)
        box.clear()
    assert len(desk._changed) == 1
    desk.take(SetNode(id="oi", path="/text", value="depois"))
    await asyncio.sleep(0)


async def test_the_flows_own_settings_are_written_by_their_path(slot: Client) -> None:
    desk = Paper(
        flow({"id": "oi", "type": "end"}, variables=[{"name": "total", "type": "money", "default": 5}])
    )
    with slot:
        flow_settings(desk, load=names)
    await settle(slot, "/name", "Cobrança amigável")
    await settle(slot, "/variables/0/type", "text")
    assert desk.document.name == "Cobrança amigável"
    assert (desk.document.variables[0].type, desk.document.variables[0].default) == ("text", None)


async def test_headers_take_secrets_by_name_only(slot: Client) -> None:
    node = {
        "id": "call",
        "type": "http_request",
        "url": "https://x.example",
        "save_as": "a",
        "headers": {"Key": {"secret": "crm"}},
    }
    desk = Paper(flow(node))
    draw(slot, desk, "call")
    await settle(slot, "/headers/Key", "erp_key")
    assert desk.node("call")["headers"] == {"Key": {"secret": "erp_key"}}


async def test_an_argument_of_another_flow_is_asked_for_by_its_type(slot: Client) -> None:
    desk = Paper(flow({"id": "call", "type": "run_flow", "flow": "cobranca"}))
    know(desk, await names())
    draw(slot, desk, "call")
    await settle(slot, "/arguments/total", 12990)
    assert desk.node("call")["arguments"] == {"total": 12990}


async def test_the_json_of_a_node_is_applied_as_one_step(slot: Client) -> None:
    desk = Paper(flow({"id": "oi", "type": "send_message", "text": "Olá", "label": "Saudação"}))
    draw(slot, desk, "oi")
    with slot:
        sheet = Sheet(desk, "oi")
        tab = NodeJson(sheet)
    tab.field.value = '{"id": "oi", "type": "send_message", "text": "Oi", "more": ["Tudo bem?"]}'
    await tab._apply()
    assert desk.node("oi") == {"id": "oi", "type": "send_message", "text": "Oi", "more": ["Tudo bem?"]}
    assert len(desk.done) == 1
    tab.field.value = '{"id": "outro"'
    await tab._apply()
    assert tab.wrong.visible and len(desk.done) == 1


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


ODD: list[dict[str, Any]] = [
    {"type": "teleport", "v": nested(900)},
    {"type": "http_request", "body": nested(700), "method": "POST", "headers": 7},
    {"type": "decide", "cases": [{"exit": 1, "when": {"and": [nested(600)]}}, 5]},
    {
        "type": "menu",
        "text": [1],
        "options": [None, {"id": 3, "title": {}}],
        "cases": 7,
        "tries": "x",
        "label": 5,
    },
    {"type": "ask", "text": {"default": 5, "en": None}, "options": "no", "answer": "nope", "save_as": []},
    {
        "type": "send_message",
        "text": "{{ x | nope",
        "media": [3, {"kind": 9, "caption": []}],
        "location": "x",
    },
    {"type": "decision_table", "inputs": 5, "rows": [1, {"when": 3, "then": []}]},
    {"type": "set_variable", "set": [1, {"name": 3, "value": nested(300)}]},
    {"type": "random_split", "shares": [{"exit": 1, "weight": "a"}, 4]},
    {"type": "run_flow", "flow": [], "arguments": [1], "results": "x"},
    {"type": "update_contact", "fields": []},
]


@pytest.mark.parametrize("raw", ODD, ids=lambda raw: raw["type"])
async def test_settings_of_any_make_are_shown_and_not_touched(slot: Client, raw: dict[str, Any]) -> None:
    desk = Paper(flow({"id": "odd", **raw}, END))
    draw(slot, desk, "odd")
    assert desk.done == []
    assert slot.elements
