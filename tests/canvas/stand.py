"""A page with nothing but the canvas on it, for tests and benchmark, run as a process of its own:

    python tests/canvas/stand.py PORT

`/?key=a&nodes=12` shows the flow `a`, made of twelve steps at its first visit. What the canvas sends is done to a small
model here and kept: `/told/a` tells it. `/say/a` (POST) makes the server speak, as `[method, ...arguments]`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import msgspec
import uvicorn
from fastapi import FastAPI, Request
from nicegui import ui

from builder_ui.canvas import Ask, Canvas, Sent
from builder_ui.shell import STATIC
from builder_ui.texts import Texts

GROUPS = ("talk", "ask", "decide", "do", "wait", "people", "think", "shape")
ICONS = ("chat", "help", "call_split", "bolt", "schedule", "support_agent", "auto_awesome", "link")
HOSTILE = '<img src=x onerror="window.hacked = 1">{{7*7}}'


def view(i: int, *, title: str = "") -> dict[str, Any]:
    group = i % len(GROUPS)
    exits = [{"name": "next", "label": "segue", "kind": "normal"}]
    if GROUPS[group] in ("ask", "decide"):
        exits = [
            {"name": "yes", "label": "Sim, quero", "kind": "normal"},
            {"name": "no", "label": "Não", "kind": "normal"},
            {"name": "timeout", "label": "Sem resposta", "kind": "optional"},
        ]
    row, column = divmod(i, 25)
    return {
        "id": f"n{i}",
        "kind": "send_message",
        "group": GROUPS[group],
        "icon": ICONS[group],
        "title": title or f"Passo {i} do atendimento",
        "lines": ["Olá! Que bom falar com você.", "Como posso ajudar hoje?"][: i % 3],
        "x": column * 320,
        "y": row * 200,
        "exits": exits,
        "raw": {"id": f"n{i}", "type": "send_message", "text": "Olá!"},
    }


def flow(count: int) -> dict[str, Any]:
    """`count` steps in rows of 25, each leading to the next, questions also to one below."""
    edges = []
    for i in range(count - 1):
        node = view(i)
        edges.append([f"n{i}", node["exits"][0]["name"], f"n{i + 1}"])
        if len(node["exits"]) > 1 and i + 26 < count:
            edges.append([f"n{i}", "no", f"n{i + 26}"])
    return {
        "rev": 1,
        "start": "n0",
        "nodes": [view(i) for i in range(count)],
        "edges": edges,
        "notes": [],
        "groups": [],
    }


class Model:
    """A flow as the server has it, and what was told."""

    def __init__(self, count: int) -> None:
        self.graph = flow(count)
        self.told: list[list[Any]] = []
        self.seen: set[tuple[str, int]] = set()
        self.refuse = False
        self.deaf = False
        self.canvases: list[Canvas] = []

    def command(self, canvas: Canvas, sent: Sent) -> None:
        self.told.append(["command", sent.editor, sent.token, sent.command])
        if self.deaf:
            return
        if self.refuse:
            canvas.refuse(sent.token, "Isso mudou enquanto você trabalhava.")
            return
        if (sent.editor, sent.token) in self.seen:
            canvas.patch(self.graph["rev"], [], sent.token)
            return
        self.seen.add((sent.editor, sent.token))
        ops = self.do(sent.command)
        self.graph["rev"] += 1
        for one in self.canvases:
            one.patch(self.graph["rev"], ops, sent.token if one is canvas else None)

    def do(self, command: dict[str, Any]) -> list[list[Any]]:
        g = self.graph
        match command["do"]:
            case "batch":
                return [op for one in command["commands"] for op in self.do(one)]
            case "move":
                for thing in (*g["nodes"], *g["notes"]):
                    if thing["id"] in command["to"]:
                        thing["x"], thing["y"] = command["to"][thing["id"]]
                return [["places", command["to"]]]
            case "connect" | "disconnect":
                source, exit_ = command["from"], command["exit"]
                g["edges"] = [e for e in g["edges"] if e[:2] != [source, exit_]]
                if command["do"] == "connect":
                    g["edges"].append([source, exit_, command["to"]])
                return [["edges", source, [e[1:] for e in g["edges"] if e[0] == source]]]
            case "put_note" | "put_group":
                name = command["do"][4:]
                g[name + "s"] = [x for x in g[name + "s"] if x["id"] != command[name]["id"]] + [command[name]]
                return [[name, command[name]]]
            case "remove_note" | "remove_group":
                name = command["do"][7:]
                g[name + "s"] = [x for x in g[name + "s"] if x["id"] != command["id"]]
                return [[f"no{name}", command["id"]]]
        raise ValueError(command["do"])


MODELS: dict[str, Model] = {}


def create() -> FastAPI:
    host = FastAPI()
    static = Path(__file__).resolve().parents[2] / "builder_ui" / "static"

    @host.get(f"{STATIC}/{{name}}")
    async def sheet(name: str) -> Any:
        from fastapi.responses import FileResponse

        return FileResponse(static / Path(name).name)

    @host.get("/graph/{key}")
    async def graph(key: str) -> Any:
        from fastapi.responses import Response

        return Response(msgspec.json.encode(MODELS[key].graph), media_type="application/json")

    @host.get("/told/{key}")
    async def told(key: str) -> Any:
        return MODELS[key].told

    @host.post("/say/{key}")
    async def say(key: str, request: Request) -> Any:
        model = MODELS[key]
        what, *rest = await request.json()
        if what == "set":
            setattr(model, rest[0], rest[1])
        elif what == "do":
            model.graph["rev"] += 1
            ops = model.do(rest[0])
            for canvas in model.canvases:
                canvas.patch(model.graph["rev"], ops)
        elif what == "ops":
            model.graph["rev"] += 1
            for canvas in model.canvases:
                canvas.patch(model.graph["rev"], rest[0])
        else:
            for canvas in model.canvases:
                getattr(canvas, what)(*rest)
        return "ok"

    @ui.page("/")
    def page(
        key: str = "a", nodes: int = 12, editable: int = 1, dark: int = 0, language: str = "pt-BR"
    ) -> None:
        model = MODELS.setdefault(key, Model(nodes))
        ui.dark_mode(bool(dark))
        ui.add_head_html(f'<link rel="stylesheet" href="{STATIC}/theme.css">')
        ui.add_css(".stand { display: grid; grid-template-columns: 180px 1fr; height: 100vh }")
        with ui.element("div").classes("stand"):
            with ui.element("div"):
                item = ui.element("div").props('draggable="true" data-node-kind="send_message"')
                with item:
                    ui.label("Mensagem")
                ui.input("Outro campo")
            with ui.element("div"):
                canvas = Canvas(f"/graph/{key}", t=Texts(language), editable=bool(editable))
        counts: dict[str, int] = defaultdict(int)

        def asked(ask: Ask) -> None:
            counts[ask.kind] += 1
            model.told.append(["ask", ask.kind, ask.data])

        canvas.on_command(lambda sent: model.command(canvas, sent))
        canvas.on_ask(asked)
        canvas.on_select(lambda ids: model.told.append(["select", ids]))
        model.canvases.append(canvas)

    ui.run_with(host, tailwind=False, reconnect_timeout=30)
    return host


if __name__ == "__main__":
    uvicorn.run(create(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
