"""Contacts from a file, step by step: the file, its columns with what would become of the first lines, progress, and
the report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from nicegui.events import UploadEventArguments

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import Tone, chip, empty
from builder_ui.settings.frame import Hand, when
from engine.core.errors import TramaError
from engine.services import contact_columns, contact_fields, contact_files, contact_import
from engine.services.contact_files import LARGEST
from engine.services.contact_import import Preview, Shown
from engine.services.views import ErrorRow, ImportRow

LOOK_SECONDS = 0.7
ERRORS = 100
VERDICTS: dict[str, Tone] = {
    "created": "good", "updated": "info", "unchanged": "plain", "skipped": "plain", "failed": "bad",
}  # fmt: skip
STATES: dict[str, Tone] = {
    "reading": "info", "ready": "warn", "running": "info", "done": "good", "cancelled": "plain", "failed": "bad",
}  # fmt: skip


class Files:
    """The upload, and the imports so far (`/contacts/import`)."""

    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        with node("header", "page-head"):
            word("h1", t("ct.import"))
            word("a", t("ct.to-list"), "btn ghost", href="/contacts")
        with node("section", "card", aria_label=t("ct.import-file")):
            word("h2", t("ct.import-file"))
            word("p", t("ct.import-about"), "quiet")
            self._upload = ui.upload(
                auto_upload=True, max_file_size=LARGEST, on_upload=self._came, on_rejected=self._too_large
            )
            self._upload.props('accept=".csv,.txt,.tsv,.xlsx"').classes("gone")
            quasar = f"getElement({self._upload.id}).$refs.qRef"
            zone = node("div", "ct-drop")
            zone.on("dragover", js_handler="(e) => e.preventDefault()")
            zone.on(
                "drop",
                js_handler=f"(e) => {{ e.preventDefault(); {quasar}.addFiles(e.dataTransfer.files) }}",
            )
            with zone:
                ui.icon("upload_file").props("aria-hidden=true")
                # a browser opens its window of files for the hand itself, not for what a server says a moment later
                pick = press(t("ct.import-choose"), None, "primary")
                pick.on("click", js_handler=f"() => {quasar}.pickFiles()")
                word("p", t("ct.import-drop"), "quiet")
            self._busy = word("p", "", "quiet", role="status")
        self._place = node("div", "")

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        rows = await contact_import.imports(hand.rt, hand.tenant, limit=30)
        self._place.clear()
        if not rows:
            return
        with self._place:
            word("h2", t("ct.imports"), "ct-heading")
            with node("div", "table-wrap card"), node("table", "table"):
                word("caption", t("ct.imports"), "unseen")
                with node("thead"), node("tr"):
                    for key in ("file", "state", "lines", "created", "updated", "failed", "at"):
                        word("th", t(f"ct.import-{key}"), scope="col")
                with node("tbody"):
                    for row in rows:
                        with node("tr"):
                            with node("td"), node("a", "strong flow-link", href=f"/contacts/import/{row.id}"):
                                word("span", row.filename)
                            with node("td"):
                                chip(t(f"ct.import-state.{row.state}"), STATES[row.state])
                            for n in (row.lines, row.created, row.updated, row.failed):
                                word("td", str(n))
                            word("td", when(row.created_at), "quiet")

    def _too_large(self) -> None:
        ui.notify(self._hand.t.known("refused", "import:too-large"), type="warning")

    async def _came(self, event: UploadEventArguments) -> None:
        hand, t = self._hand, self._hand.t
        self._busy.text = t("ct.import-reading")
        try:
            row = await contact_files.receive(
                hand.rt, hand.tenant, event.file.name, event.file.iterate(), person=hand.by.person
            )
        except TramaError as fault:
            self._busy.text = ""
            self._upload.reset()
            hand.refuse(fault)
            return
        ui.navigate.to(f"/contacts/import/{row.id}")


class Import:
    """One file (`/contacts/import/{id}`)."""

    def __init__(self, hand: Hand, ident: int) -> None:
        self._hand, self._ident = hand, ident
        self._place = node("div", "cards")
        # beside the place: one inside would end itself when it draws the report
        self._timer = ui.timer(LOOK_SECONDS, self._look, active=False)

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        try:
            row = await contact_import.one(hand.rt, hand.tenant, self._ident)
        except TramaError:
            with self._place:
                word("h1", t("ct.import"), "unseen")
                empty("search_off", t("ct.import-unknown"))
            return
        self._place.clear()
        with self._place:
            with node("header", "page-head"):
                with node("div", ""):
                    word("h1", row.filename)
                    about = t(
                        "ct.import-read",
                        n=row.lines,
                        format=row.format.upper(),
                        encoding=row.encoding or "–",
                    )
                    word("p", about, "quiet")
                word("a", t("ct.to-imports"), "btn ghost", href="/contacts/import")
            match row.state:
                case "ready":
                    await Mapping(hand, row, self.load).open()
                case "running":
                    self._progress(row)
                case _:
                    await self._report(row)

    def _progress(self, row: ImportRow) -> None:
        t = self._hand.t
        with node("section", "card", aria_label=t("ct.import-running")):
            word("h2", t("ct.import-running"))
            self._bar = ui.linear_progress(_part(row), show_value=False).props("size=8px rounded")
            self._bar.props["aria-label"] = t("ct.import-running")
            self._said = word("p", _figures(t, row), "quiet", role="status")
            with node("div", "dialog-deeds"):
                press(t("ct.import-cancel"), self._cancel, "ghost")
        self._timer.activate()

    async def _look(self) -> None:
        row = await contact_import.one(self._hand.rt, self._hand.tenant, self._ident)
        if row.state != "running":
            self._timer.deactivate()
            await self.load()
            return
        self._bar.value = _part(row)
        self._said.text = _figures(self._hand.t, row)

    async def _cancel(self) -> None:
        hand = self._hand
        await hand.do(contact_import.cancel(hand.rt, hand.tenant, self._ident, person=hand.by.person))
        await self.load()

    async def _report(self, row: ImportRow) -> None:
        hand, t = self._hand, self._hand.t
        errors = await contact_import.errors(hand.rt, hand.tenant, row.id, limit=ERRORS)
        with node("section", "card", aria_label=t("ct.import-report")):
            with node("div", "card-head"):
                word("h2", t("ct.import-report"))
                chip(t(f"ct.import-state.{row.state}"), STATES[row.state])
                word("time", when(row.finished_at), "quiet")
            with node("dl", "ct-figures"):
                for key in ("lines", "created", "updated", "unchanged", "skipped", "failed"):
                    with node("div"):
                        word("dt", t(f"ct.import-{key}"), "quiet")
                        word("dd", str(getattr(row, key)))
            left = row.lines - row.created - row.updated - row.unchanged - row.skipped - row.failed
            if left:
                word("p", t("ct.import-left", n=left), "alert")
            if row.code:
                word("p", t.known("refused", row.code), "alert")
        if errors:
            with node("section", "card", aria_label=t("ct.import-errors")):
                with node("div", "card-head"):
                    word("h2", t("ct.import-errors"))
                    node("div", "grow")
                    with node("a", "btn ghost", href=f"/contacts/import/{row.id}/errors.csv", download=""):
                        ui.icon("download").props("aria-hidden=true")
                        word("span", t("ct.import-download"))
                self._errors(errors)
                if len(errors) == ERRORS:
                    word("p", t("ct.import-first", n=ERRORS), "quiet")

    def _errors(self, errors: list[ErrorRow]) -> None:
        t = self._hand.t
        with node("div", "table-wrap"), node("table", "table"):
            word("caption", t("ct.import-errors"), "unseen")
            with node("thead"), node("tr"):
                for key in ("line", "column", "problem", "value"):
                    word("th", t(f"ct.import-{key}"), scope="col")
            with node("tbody"):
                for one in errors:
                    with node("tr"):
                        word("td", str(one.line))
                        word("td", t.known("ct.target", one.field) if one.field else "–")
                        word("td", problem(t, one.code, one.value))
                        word("td", one.value, "mono ct-value")


class Mapping:
    """What each column is, and what that makes of the first lines."""

    def __init__(self, hand: Hand, row: ImportRow, changed: Callable[[], Awaitable[None]]) -> None:
        self._hand, self._row, self._changed = hand, row, changed
        self._choices: list[ui.select] = []

    async def open(self) -> None:
        hand, t, row = self._hand, self._hand.t, self._row
        fields = await contact_fields.fields(hand.rt, hand.tenant)
        targets = {
            "": t("ct.target.none"),
            **{name: t(f"ct.target.{name}") for name in contact_columns.TARGETS},
        }
        targets |= {f"field:{f.key}": f.label for f in fields}
        tags = await contact_fields.tags(hand.rt, hand.tenant)
        with node("section", "card", aria_label=t("ct.import-how")):
            word("h2", t("ct.import-how"))
            with node("div", "fields"):
                self._rule = ui.select(
                    {"update": t("ct.rule.update"), "skip": t("ct.rule.skip")},
                    value=row.rule,
                    label=t("ct.rule"),
                ).props("dense outlined")
                self._tags = ui.select(
                    [tag.name for tag in tags],
                    label=t("ct.import-tags"),
                    value=[],
                    multiple=True,
                    new_value_mode="add-unique",
                ).props("dense outlined use-chips use-input input-debounce=0")
            for choice in (self._rule, self._tags):
                choice.on_value_change(self._keep)
        with node("section", "card", aria_label=t("ct.import-columns")):
            word("h2", t("ct.import-columns"))
            word("p", t("ct.import-columns-more"), "quiet")
            with node("div", "table-wrap"), node("table", "table ct-preview"):
                word("caption", t("ct.import-columns"), "unseen")
                with node("thead"), node("tr"):
                    word("th", t("ct.import-line"), scope="col")
                    word("th", t("ct.import-verdict"), scope="col")
                    for header, target in zip(row.headers, row.mapping, strict=True):
                        with node("th", scope="col"):
                            word("div", header, "ct-cut")
                            choice = ui.select(targets, value=target if target in targets else "").props(
                                "dense outlined options-dense"
                            )
                            choice.props["aria-label"] = t("ct.import-column-is", name=header)
                            choice.on_value_change(self._keep)
                            self._choices.append(choice)
                self._lines = node("tbody")
        with node("section", "card", aria_label=t("ct.import-start")):
            self._counted = node("div", "", role="status")
            with node("div", "dialog-deeds"):
                press(t("ct.import-discard"), self._discard, "ghost")
                press(t("ct.import-check"), self._check, "ghost", icon="fact_check")
                press(t("ct.import-start"), self._start, "primary", icon="play_arrow")
        await self._show()

    async def _keep(self) -> None:
        hand = self._hand
        kept = await hand.do(
            contact_import.settle(
                hand.rt,
                hand.tenant,
                self._row.id,
                mapping=[choice.value or "" for choice in self._choices],
                rule=self._rule.value,
                tags=list(self._tags.value or []),
            )
        )
        self._counted.clear()
        if kept is not None:
            await self._show()

    async def _show(self) -> None:
        hand = self._hand
        seen: Preview | None = await hand.do(contact_import.preview(hand.rt, hand.tenant, self._row.id))
        self._lines.clear()
        if seen is None:
            return
        with self._lines:
            for line in seen.lines:
                self._line(line)

    def _line(self, line: Shown) -> None:
        t = self._hand.t
        with node("tr"):
            word("td", str(line.line), "quiet")
            with node("td", "ct-verdict"):
                chip(t(f"ct.verdict.{line.verdict}"), VERDICTS[line.verdict])
                for fault in line.faults:
                    word("div", problem(t, fault.code, fault.value), "quiet")
            bad = {fault.field for fault in line.faults}
            for n, choice in enumerate(self._choices):
                cell = line.cells[n] if n < len(line.cells) else ""
                wrong = choice.value and choice.value in bad
                word("td", cell, "ct-cut ct-wrong" if wrong else "ct-cut")

    async def _check(self) -> None:
        hand, t = self._hand, self._hand.t
        self._counted.clear()
        with self._counted:
            word("p", t("ct.import-checking"), "quiet")
            bar = ui.linear_progress(0, show_value=False).props("size=6px rounded")
            bar.props["aria-label"] = t("ct.import-checking")

        def heard(part: float) -> None:
            bar.value = part

        found = await hand.do(contact_import.check(hand.rt, hand.tenant, self._row.id, heard=heard))
        self._counted.clear()
        if found is None:
            return
        with self._counted:
            with node("dl", "ct-figures"):
                for key in ("lines", "created", "updated", "unchanged", "skipped", "failed"):
                    with node("div"):
                        word("dt", t(f"ct.import-{key}"), "quiet")
                        word("dd", str(getattr(found, key)))
            for code, n in sorted(found.codes.items(), key=lambda item: -item[1]):
                word("p", f"{n} × {problem(t, code, '')}", "quiet")

    async def _start(self) -> None:
        hand = self._hand
        if await hand.do(contact_import.start(hand.rt, hand.tenant, self._row.id, person=hand.by.person)):
            await self._changed()

    async def _discard(self) -> None:
        hand = self._hand
        if await hand.do(contact_import.cancel(hand.rt, hand.tenant, self._row.id, person=hand.by.person)):
            ui.navigate.to("/contacts/import")


def problem(t: Any, code: str, value: str) -> str:
    """What is wrong with a line, in words."""
    said: str = t.known("ct.problem", code)
    return said.replace("{value}", value or "…") if "{value}" in said else said


def _part(row: ImportRow) -> float:
    return row.done / max(1, row.chunks)


def _figures(t: Any, row: ImportRow) -> str:
    done = row.created + row.updated + row.unchanged + row.skipped + row.failed
    return str(t("ct.import-so-far", done=done, lines=row.lines, created=row.created, failed=row.failed))
