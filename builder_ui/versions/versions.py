"""The versions of a flow: who published what when, what is different, and the ways back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.simulator.bubbles import ZONE
from builder_ui.versions import shown
from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.services import editing, flows, traffic
from engine.services.editing import Author
from engine.services.views import VersionRow

DRAFT = 0


def versions_panel(desk: Desk, *, on_live: Callable[[int | None], object]) -> Versions:
    """Call `await load()` to fill it; the panel does so itself a moment after it is drawn."""
    return Versions(desk, on_live)


class Versions:
    def __init__(self, desk: Desk, on_live: Callable[[int | None], object]) -> None:
        self._desk, self._on_live, self._t = desk, on_live, desk.t
        self._documents: dict[int, Document] = {}
        self._root = node("div", "versions")
        ui.timer(0, self.load, once=True)

    async def load(self) -> None:
        desk, t = self._desk, self._t
        tenant = desk.principal.tenant
        rows = await flows.versions(desk.rt, tenant, desk.flow_id)
        row = (await flows.flow(desk.rt, tenant, desk.flow_id)).row
        standing = await traffic.standing(desk.rt, tenant, desk.flow_id)
        people: dict[int, int] = {}
        for s in standing:
            people[s.version] = people.get(s.version, 0) + s.people
        history = await editing.history(desk.rt, tenant, desk.flow_id, limit=30)
        self._root.clear()
        with self._root:
            if not rows:
                empty("history", t("versions.none"), t("versions.none-more"))
            else:
                self._comparer(rows)
                with node("ol", "version-list"):
                    for version in rows:
                        self._version(
                            version, version.version == row.live_version, people.get(version.version, 0)
                        )
            if history:
                with node("details", "history"):
                    word("summary", t("versions.history"))
                    with node("ol", "history-list"):
                        for line in history:
                            with node("li", ""):
                                word("span", line.words or t("deed.batch", n=len(line.touched)))
                                kind = "" if line.kind == "do" else f" · {t(f'versions.{line.kind}')}"
                                word("span", f"{line.who or '–'} · {moment(line.at)}{kind}", "quiet")

    def _comparer(self, rows: list[VersionRow]) -> None:
        t = self._t
        options: dict[int, str] = {DRAFT: t("versions.draft"), **{v.version: f"v{v.version}" for v in rows}}
        with node("div", "compare"):
            old = ui.select(options, value=rows[0].version, label=t("versions.from")).props("dense outlined")
            new = ui.select(options, value=DRAFT, label=t("versions.to")).props("dense outlined")
            press(t("versions.compare"), lambda: self._compare(old.value, new.value), "ghost")
        self._difference = node("div", "difference", role="status")

    async def _document(self, number: int) -> Document:
        if number == DRAFT:
            return self._desk.document
        if number not in self._documents:
            desk = self._desk
            self._documents[number] = await flows.version(
                desk.rt, desk.principal.tenant, desk.flow_id, number
            )
        return self._documents[number]

    async def _compare(self, old: int, new: int) -> None:
        desk, t = self._desk, self._t
        before, after = await self._document(old), await self._document(new)
        found, told = shown.compare(before, after, t)
        desk.view(new or None)
        desk.paint("diff", shown.layer(before, found, told, t))
        self._difference.clear()
        with self._difference:
            shown.draw(desk, told)
            press(t("versions.back"), self._back, "ghost", icon="undo")

    def _back(self) -> None:
        self._difference.clear()
        self._desk.paint("diff", None)
        self._desk.view(None)

    def _version(self, version: VersionRow, live: bool, people: int) -> None:
        t, desk = self._t, self._desk
        with node("li", "version"):
            with node("div", "card-head"):
                word("span", f"v{version.version}", "strong")
                if live:
                    chip(t("versions.live"), "good")
                if people:
                    chip(t("versions.people", n=people), "info")
                word("span", f"{version.who or '–'} · {moment(version.published_at)}", "quiet")
            if version.note:
                ready = version.note == "ready-made"
                word("p", t("versions.ready-made") if ready else version.note, "version-note")
            with node("div", "version-deeds"):
                press(t("versions.look"), lambda: self._look(version.version), "ghost small")
                if desk.editable and not live:
                    press(t("versions.rollback"), lambda: self._rollback(version.version), "ghost small")
                if desk.editable:
                    press(t("versions.restore"), lambda: self._restore(version.version), "ghost small")

    def _look(self, number: int) -> None:
        desk, t = self._desk, self._t
        desk.paint("diff", None)
        desk.view(number)
        self._difference.clear()
        with self._difference, node("div", "card-head"):
            word("span", t("versions.looking", n=number))
            press(t("versions.back"), self._back, "ghost small", icon="undo")

    async def _restore(self, number: int) -> None:
        desk, t = self._desk, self._t
        self._back()
        words = t("versions.restored", n=number)
        who = Author(person=desk.principal.person, name=desk.principal.name)
        await self._tried(
            flows.restore(desk.rt, desk.principal.tenant, desk.flow_id, number, who, words=words), words
        )

    async def _rollback(self, number: int) -> None:
        desk, t = self._desk, self._t
        before = (await flows.flow(desk.rt, desk.principal.tenant, desk.flow_id)).row.live_version
        done = await self._tried(
            flows.rollback(
                desk.rt, desk.principal.tenant, desk.flow_id, number, person=desk.principal.person
            ),
            t("versions.rolled-back", n=number, was=before or "–"),
        )
        if done:
            self._on_live(number)
            await self.load()

    async def _tried(self, deed: Any, said: str) -> bool:
        try:
            await deed
        except TramaError as fault:
            ui.notify(self._t.known("refused", fault.code), caption=fault.detail[:200], type="warning")
            return False
        ui.notify(said, position="top", timeout=5000)
        return True


def moment(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%d/%m/%Y %H:%M")
