"""The panes of proving on a page of their own, over a desk in memory and without a database, for tests in a browser:

    PYTHONPATH=. python tests/proof/proof_stand.py PORT FOLDER

`/?flow=invoice_query&pane=try` shows a pane (problems, try, tests) of a ready-made flow; `/told/a` what was laid over
the canvas of key `a`, what was selected, and the document.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
import uvicorn
from fastapi import FastAPI, Request
from nicegui import app, ui
from starlette.staticfiles import StaticFiles

from builder_ui.editor.desk import Change, Paint
from builder_ui.proof.bench import Bench
from builder_ui.proof.problems import problems_panel
from builder_ui.proof.tests import tests_panel
from builder_ui.proof.tryit import try_pane
from builder_ui.proof.walk import walk_pane
from builder_ui.shell import STATIC
from builder_ui.texts import Texts
from engine.core.edit.apply import apply
from engine.core.edit.commands import Command, read
from engine.core.effects import Call
from engine.core.errors import TramaError
from engine.core.flow import Document, Flows, TestTurn
from engine.core.message import Limits
from engine.core.node import Problem
from engine.core.replay import Player
from engine.core.tryout import Setup
from engine.nodes import open_document, open_flow
from engine.services import conversations, flows, traces, tryout
from engine.services.flow_checks import Checker
from engine.services.people import Principal
from engine.services.tryout import Sample
from engine.services.views import TraceRow

ROOT = Path(__file__).resolve().parents[2]
AT = "2026-11-20T10:00:00-03:00"


class Memory:
    """A desk without anything behind it. `undo` takes the last command back."""

    def __init__(self, document: Document, language: str) -> None:
        self.rt = cast(Any, None)
        self.t = Texts(language)
        self.principal = cast(Principal, type("Nobody", (), {"tenant": 1})())
        self.flow_id = document.id
        self.document = document
        self.rev = 0
        self.selection: tuple[str, ...] = ()
        self.editable = True
        self.viewed: int | None = None
        self.painted: dict[str, Paint] = {}
        self.words: list[str] = []
        self._checker = Checker(others(document.id))
        self.problems: Sequence[Problem] = self._checker.check(document)
        self._changes: list[Callable[[Change], object]] = []
        self._selects: list[Callable[[tuple[str, ...]], object]] = []
        self._found: list[Callable[[Sequence[Problem]], object]] = []

    async def do(self, command: Command, *, words: str = "") -> bool:
        try:
            done = apply(self.document, command)
        except TramaError as fault:
            ui.notify(str(fault), type="negative")
            return False
        self.document, self.rev = done.document, self.rev + 1
        self.words.append(words)
        for told in self._changes:
            told(Change(self.rev, done.touched, True, "me"))
        self.problems = self._checker.check(self.document)
        for found in self._found:
            found(self.problems)
        return True

    def select(self, ids: Sequence[str], *, reveal: bool = True) -> None:
        self.selection = tuple(ids)
        for told in self._selects:
            told(self.selection)

    def view(self, version: int | None) -> None:
        self.viewed = version

    def paint(self, layer: str, paint: Paint | None) -> None:
        if paint is None:
            self.painted.pop(layer, None)
        else:
            self.painted[layer] = paint

    def on_change(self, told: Callable[[Change], object]) -> None:
        self._changes.append(told)

    def on_select(self, told: Callable[[tuple[str, ...]], object]) -> None:
        self._selects.append(told)

    def on_problems(self, told: Callable[[Sequence[Problem]], object]) -> None:
        self._found.append(told)


def others(but: str) -> list[Document]:
    return [open_document(p.read_bytes()) for p in sorted((ROOT / "flows").glob("*.json")) if p.stem != but]


def broken() -> Document:
    """A flow in which much is wrong."""
    nodes: list[dict[str, Any]] = [
        {"type": "menu", "id": "menu", "label": "Menu principal", "text": "Como posso ajudar?", "options": [
            {"id": "invoice", "title": "Quero a segunda via da fatura"}, {"id": "person", "title": "Atendente"}]},
        {"type": "send_message", "id": "hello", "label": "Saudação", "text": "Oi, {{ nme }}!"},
        {"type": "ask", "id": "ask", "label": "Pergunta", "text": "?", "save_as": "nome", "tries": "muitas"},
        {"type": "decide", "id": "late", "label": "Atraso", "cases": [
            {"exit": "low", "when": {"<": [{"var": "dias"}, 30]}}]},
        {"type": "end", "id": "lost", "label": "Perdido"},
    ]  # fmt: skip
    edges = [{"from": "menu", "exit": "invoice", "to": "hello"}, {"from": "menu", "exit": "old", "to": "hello"},
             {"from": "hello", "exit": "next", "to": "ask"},
             {"from": "ask", "exit": "answered", "to": "late"}]  # fmt: skip
    return open_document({"format": 1, "id": "broken", "name": "Quebrado", "kind": "chatbot", "start": "menu",
                          "nodes": nodes, "edges": edges, "variables": [{"name": "nome"}, {"name": "dias"}],
                          "triggers": [{"on": "message"}]})  # fmt: skip


async def _checker(rt: object, tenant: int) -> Checker:
    return Checker(others(""))


async def _setup(
    rt: object, tenant: int, kind: str, *, contact: int | None = None, made_up: Any = None, at: Any = None
) -> Setup:
    person = {"id": "contact-1", "name": "Ana Lima", "phone": "5511955550000", "tags": [], "fields": {}}
    world = {"contact": person | (made_up or {}), "channel": kind, "limits": msgspec.to_builtins(Limits()),
             "conversation": {"id": "1", "channel": kind}, "hours": {"mon": [["08:00", "18:00"]]}}  # fmt: skip
    return Setup(at=at.isoformat() if at else AT, world=world)


async def _answers(
    rt: object, tenant: int, document: Document, checker: Checker, call: Call, now: datetime
) -> list[Sample]:
    faults = [Sample(source="fault", title=f, error=f"{call.service}:{f}") for f in tryout.FAULTS]
    return [*tryout.ready(call, now.astimezone(UTC)), *faults]


def walked_turns() -> list[TraceRow]:
    """A conversation with the flow of the ready-made invoices, as the turns of a pipeline are stored."""
    document = open_document((ROOT / "flows" / "invoice_query.json").read_bytes())
    flow = open_flow(document, 3)
    player = Player(Flows.of(flow), at=datetime.fromisoformat(AT))
    rows = []
    call = tryout.ready(Call(id="1", service="erp", operation="customer"), player.now)
    turns = (TestTurn(text="boleto"), TestTurn(text="222.222.222-22"), TestTurn(answer=call[1].answer))
    for n, turn in enumerate(turns, 1):
        answer = player.play(turn)
        event = {
            "type": "message_received",
            "contents": [{"type": "text", "text": turn.text or "…"}],
            "at": AT,
        }
        for trace in answer.traces:
            rows.append(TraceRow(id=n, conversation_id=1, event_id=str(n), kind="message", outcome=trace.outcome,
                                 event=event, trace=trace, at=player.now))  # fmt: skip
    return rows[::-1]


async def _traces(rt: object, tenant: int, conversation: int, **paging: int) -> list[TraceRow]:
    return walked_turns()


async def _messages(rt: object, tenant: int, conversation: int, **paging: int) -> list[Any]:
    return []


async def _version(rt: object, tenant: int, ident: str, number: int) -> Document:
    return open_document((ROOT / "flows" / f"{ident}.json").read_bytes())


def create() -> FastAPI:
    host = FastAPI()
    host.mount(STATIC, StaticFiles(directory=ROOT / "builder_ui" / "static"))
    desks: dict[str, Memory] = {}
    tryout.setup, tryout.answers, flows.checker = _setup, _answers, _checker  # type: ignore[assignment]

    traces.traces, conversations.messages, flows.version = _traces, _messages, _version  # type: ignore[assignment]

    @host.get("/told/{key}")
    def told(key: str) -> dict[str, Any]:
        desk = desks[key]
        flow = msgspec.to_builtins(desk.document)
        return {"painted": desk.painted, "selected": desk.selection, "flow": flow, "words": desk.words}

    @host.post("/do/{key}")
    async def do(key: str, request: Request) -> bool:
        return await desks[key].do(read(await request.body()))

    @ui.page("/")
    async def page(
        key: str = "a", flow: str = "invoice_query", pane: str = "try", language: str = "pt-BR", dark: int = 0
    ) -> None:
        document = (
            broken() if flow == "broken" else open_document((ROOT / "flows" / f"{flow}.json").read_bytes())
        )
        desk = desks.get(key) or desks.setdefault(key, Memory(document, language))
        desk._changes, desk._selects, desk._found = [], [], []
        ui.dark_mode(bool(dark))
        ui.add_head_html(f'<script>document.documentElement.lang = "{desk.t.language}"</script>')
        for name in ("theme.css", "phone.css", "panel.css", "proof.css"):
            ui.add_head_html(f'<link rel="stylesheet" href="{STATIC}/{name}">')
        ui.add_css(".stand { display: flex; height: 100dvh } .stand > section { width: 420px; flex: none }")
        bench = Bench(desk)
        with ui.element("div").classes("stand"):
            if pane == "walk":
                walked = walk_pane(desk, 1, on_close=desk.words.clear)
                await walked.load()
            elif pane == "problems":
                problems_panel(desk)
            elif pane == "tests":
                tests_panel(desk, bench=bench)
            elif pane == "both":
                tried = try_pane(desk, bench=bench)
                tests_panel(desk, open_in_try=tried.load, bench=bench)
            else:
                try_pane(desk, bench=bench)

    app.storage.path = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(".nicegui")
    ui.run_with(host, tailwind=False, storage_secret="stand")
    return host


if __name__ == "__main__":
    uvicorn.run(create(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
