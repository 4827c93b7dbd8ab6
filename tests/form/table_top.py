"""A small server with forms on paper desks, for the browser tests. Run as a program: `table_top.py PORT`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parent)]

from nicegui import app, ui  # noqa: E402
from paper import Paper, flow, names  # noqa: E402

from builder_ui.elements.native import node  # noqa: E402
from builder_ui.form.form import flow_settings, settings_form  # noqa: E402
from builder_ui.rules.editor import rule_editor  # noqa: E402
from engine.services.hints import hints  # noqa: E402

STATIC = Path(__file__).resolve().parents[2] / "builder_ui" / "static"
STYLES = ("theme.css", "phone.css", "form.css", "rules.css")
VARIABLES = [
    {"name": "days", "type": "number", "description": "dias em atraso"},
    {"name": "total", "type": "money", "description": "valor"},
]
NODES: dict[str, dict[str, Any]] = {
    "message": {"id": "oi", "type": "send_message", "text": "Olá"},
    "menu": {"id": "menu", "type": "menu", "text": "Escolha", "options": [{"id": "conta", "title": "Conta"}]},
}
DESKS: dict[str, Paper] = {}
RULES: list[Any] = []


def dress() -> None:
    for name in STYLES:
        ui.add_head_html(f'<link rel="stylesheet" href="/ui-static/{name}">')


def desk(name: str) -> Paper:
    end = {"id": "fim", "type": "end", "label": "Fim"}
    edges = [{"from": "menu", "exit": "conta", "to": "fim"}] if name == "menu" else []
    DESKS[name] = Paper(flow(NODES.get(name, NODES["message"]), end, edges=edges, variables=VARIABLES))
    return DESKS[name]


@ui.page("/node/{name}")
def node_page(name: str) -> None:
    dress()
    made = desk(name)
    with node("div", style="width:400px"):
        settings_form(made, NODES[name]["id"], load=names)


@ui.page("/flow")
def flow_page() -> None:
    dress()
    with node("div", style="width:400px"):
        flow_settings(desk("flow"), load=names)


@ui.page("/rule")
def rule_page() -> None:
    dress()
    made = desk("rule")
    RULES.clear()

    async def changed(rule: Any) -> None:
        RULES.append(rule)

    async def nobody(*_: Any) -> list[Any]:
        return []

    with node("div", style="width:860px;padding:16px"):
        rule_editor(made, None, hints(made.document), changed, find=nobody)


@app.get("/state/{name}")
def state(name: str) -> dict[str, Any]:
    found = DESKS[name]
    return {
        "document": msgspec.to_builtins(found.document),
        "done": len(found.done),
        "rule": RULES[-1] if RULES else None,
    }


@app.get("/ready")
def ready() -> str:
    return "ready"


if __name__ in {"__main__", "__mp_main__"}:
    app.add_static_files("/ui-static", str(STATIC))
    ui.run(host="127.0.0.1", port=int(sys.argv[1]), show=False, reload=False, show_welcome_message=False)
