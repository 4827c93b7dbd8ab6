"""A business admin at the builder, in words."""

from __future__ import annotations

import json
from typing import Any

from hands import CANVAS, Hands
from playwright.sync_api import Locator, Page, expect
from scene import SOON


class Workbench(Hands):
    """One person's window on one flow."""

    def __init__(self, page: Page, address: str) -> None:
        super().__init__(page)
        self.address = address

    def enter(self) -> None:
        page = self.page
        page.goto(f"{self.address}/login")
        page.get_by_label("E-mail").fill("demo@plataforma.com")
        page.get_by_label("Senha").fill("demo123")
        page.get_by_role("button", name="Entrar").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Fluxos", timeout=SOON)

    def open(self, flow: str) -> None:
        self.page.goto(f"{self.address}/flows/{flow}")
        self.ready()

    def ready(self) -> None:
        self.opened()
        expect(self.page.locator(".panel-tab").first).to_be_visible(timeout=SOON)

    def start(self, name: str, words: str = "") -> str:
        """A new flow by the button of the list; its id."""
        page = self.page
        page.goto(f"{self.address}/flows")
        page.get_by_role("button", name="Novo fluxo").click()
        page.get_by_role("dialog").get_by_label("Nome").fill(name)
        page.get_by_role("dialog").get_by_label("Palavras que iniciam").fill(words)
        page.get_by_role("button", name="Criar e abrir").click()
        page.wait_for_url("**/flows/*", timeout=SOON)
        self.ready()
        return page.url.rpartition("/")[2]

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """As the logged-in person, over the REST API."""
        text: str = self.page.evaluate(
            """async ([method, path, body]) => (await fetch(path, {method, body,
            headers: {'content-type': 'application/json'}})).text()""",
            [method, f"/api/v1{path}", None if body is None else json.dumps(body)],
        )
        return json.loads(text) if text else None

    def document(self, flow: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api("GET", f"/flows/{flow}")["document"]
        return found

    def stand_back(self) -> None:
        """Room for a few steps on the canvas."""
        self.root.focus()
        for zoom in (0.81, 0.65, 0.52):
            self.press("-")
            self.page.wait_for_function(f"{CANVAS}.viewport().zoom < {zoom}")

    def saved(self) -> None:
        """Everything done so far is in the database."""
        self.settled()
        expect(self.page.locator(".editor-state")).to_have_text("Salvo", timeout=SOON)

    def drop(self, kind: str, across: float, down: float) -> str:
        """Drag a block from the palette to a part of the canvas (0 to 1 each way); the new node's id."""
        before = self.nodes()
        box = self.root.bounding_box()
        assert box is not None
        item = self.page.locator(f"[data-node-kind={kind}]")
        item.scroll_into_view_if_needed()
        item.drag_to(self.root, target_position={"x": box["width"] * across, "y": box["height"] * down})
        self.page.wait_for_function(
            f"document.querySelector('.trama-canvas').trama.graph.nodes.size > {len(before)}", timeout=SOON
        )
        (made,) = self.nodes() - before
        return str(made)

    def connect(self, source: str, exit_name: str, target: str) -> None:
        x, y = self.node(target)
        self.drag(self.exit(source, exit_name), (x - 122, y))
        self.page.wait_for_function(
            "([s, e, t]) => document.querySelector('.trama-canvas').trama.graph.edges.get(s)?.get(e) === t",
            arg=[source, exit_name, target],
            timeout=SOON,
        )

    def choose(self, ident: str) -> Locator:
        """Open a node's form by a double click on its head."""
        self.page.mouse.dblclick(*self.at(*self.node(ident)))
        form = self.page.locator("#panel-step")
        expect(form.get_by_label("Título").first).to_be_visible(timeout=SOON)
        return form

    def panel(self, name: str) -> Locator:
        """Open a panel at the right by its tab."""
        self.page.locator(f"#tab-{name}").click()
        body = self.page.locator(f"#panel-{name}")
        expect(body).to_be_visible(timeout=SOON)
        return body

    def nodes(self) -> set[str]:
        return set(self.shown("[...s.graph.nodes.keys()]"))
