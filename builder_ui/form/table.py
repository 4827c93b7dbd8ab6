"""The decision table: inputs above, a row for each set of conditions, and what it gives."""

from __future__ import annotations

from typing import Any

from builder_ui.elements.native import node, press, word
from builder_ui.form.elements import Writer
from builder_ui.form.field import framed
from builder_ui.form.jsontext import understood, written
from builder_ui.form.rows import Rows
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet, below
from builder_ui.rules.cells import cell_text, read_cell
from builder_ui.rules.words import in_words

INPUTS = "/inputs"


def table(sheet: Sheet, spec: Spec, path: str) -> None:
    """Rows of cells. A cell is written as people say it: `> 30`, `vip`, `a, b`, empty for any."""
    _Table(sheet, spec, path).draw()


class _Table:
    def __init__(self, sheet: Sheet, spec: Spec, path: str) -> None:
        self.sheet, self.spec, self.path = sheet, spec, path
        self.rows = Rows(
            sheet,
            path,
            self._row,
            self._fresh,
            add=sheet.t("form.table.add_row"),
            title=lambda n: sheet.t("form.table.row", n=n + 1),
            least=1,
            most=200,
            make_up=lambda row: tuple(row.get("then", {})) if isinstance(row, dict) else (),
            compact=True,
        )

    def inputs(self) -> list[Any]:
        found = self.sheet.get(INPUTS, [])
        return found if isinstance(found, list) else []

    def outputs(self) -> list[str]:
        names: dict[str, None] = {}
        for row in self.rows.items:
            if isinstance(row, dict) and isinstance(row.get("then"), dict):
                names.update(dict.fromkeys(row["then"]))
        return list(names)

    def _fresh(self) -> dict[str, Any]:
        return {
            "when": [None] * len(self.inputs()),
            "then": dict.fromkeys(self.outputs() or ["resultado"], ""),
        }

    def draw(self) -> None:
        with framed(self.sheet, self.spec, self.path, group=True) as made:
            made.below = True
            self.part = self.sheet.part(self._draw, lambda: (repr(self.inputs()), tuple(self.outputs())))

    def _draw(self) -> None:
        t = self.sheet.t
        word("div", t("form.table.inputs"), "tf-label")
        for place in range(len(self.inputs())):
            self._input(place)
        if self.sheet.desk.editable:
            press(t("form.table.add_input"), self._add_input, "tf-add", icon="add")
        word("div", t("form.table.rows"), "tf-label")
        word("div", t("form.table.help"), "tf-help")
        self.rows.draw()
        if self.sheet.desk.editable:
            with node("div", "tf-row"):
                Writer(
                    "",
                    self._add_output,
                    placeholder=t("form.table.add_output"),
                    label=t("form.table.add_output"),
                )

    def _input(self, place: int) -> None:
        from builder_ui.form.elements import Pick

        sheet, t = self.sheet, self.sheet.t
        held = self.inputs()[place]
        path = held.get("var") if isinstance(held, dict) and set(held) == {"var"} else None

        async def told(value: Any) -> None:
            await sheet.write(below(INPUTS, place), {"var": str(value)})

        with node("div", "tf-inline"):
            if isinstance(path, str):
                Pick(
                    path, told, source="hints", free=True, label=t("form.table.input", n=place + 1),
                    disabled=not sheet.desk.editable,
                )  # fmt: skip
            else:
                word("div", in_words(held, t, sheet.hints), "tf-rule-words")
            if sheet.desk.editable and len(self.inputs()) > 1:
                press(
                    "", self._drop_input(place), "tf-hand", icon="close",
                    label=t("form.remove", name=str(path or place + 1)),
                )  # fmt: skip

    def _row(self, place: int) -> None:
        sheet, t = self.sheet, self.sheet.t
        editable = sheet.desk.editable
        with node("div", "tf-cells"):
            for n, given in enumerate(self.inputs()):
                at = below(self.path, place, "when", n)
                label = in_words(given, t, sheet.hints)
                with node("label", "tf-cell"):
                    word("span", label, "tf-cell-name")
                    cell = Writer(
                        cell_text(sheet.get(at)),
                        self._cell(at, place, n),
                        placeholder=t("form.table.any"),
                        disabled=not editable,
                    )
                self._follow_cell(cell, at)
            for name in self.outputs():
                at = below(self.path, place, "then", name)
                with node("label", "tf-cell out"):
                    word("span", f"= {name}", "tf-cell-name")
                    found = sheet.get(at, "")
                    shown = found if isinstance(found, str) else written(found)
                    Writer(shown, self._output(at), templated=True, disabled=not editable)

    def _follow_cell(self, cell: Writer, at: str) -> None:
        self.sheet.watch(lambda: cell.show(cell_text(self.sheet.get(at))))

    def _cell(self, at: str, place: int, n: int) -> Any:
        async def told(text: Any) -> None:
            row_at = below(self.path, place, "when")
            cells = self.sheet.get(row_at, [])
            value = read_cell(str(text))
            if isinstance(cells, list) and len(cells) != len(self.inputs()):
                wide = [*cells, *([None] * len(self.inputs()))][: len(self.inputs())]
                wide[n] = value
                await self.sheet.write(row_at, wide)
            else:
                await self.sheet.write(at, value)

        return told

    def _output(self, at: str) -> Any:
        async def told(text: Any) -> None:
            value, wrong = understood(str(text))
            plain = wrong or isinstance(value, str | dict | list) or value is None
            await self.sheet.write(at, str(text) if plain else value)

        return told

    async def _add_input(self) -> None:
        inputs = self.inputs()
        rows = [
            {**r, "when": [*r.get("when", []), None]} if isinstance(r, dict) else r for r in self.rows.items
        ]
        await self.sheet.write_all([(INPUTS, [*inputs, {"var": ""}]), (self.path, rows)])

    def _drop_input(self, place: int) -> Any:
        async def dropped() -> None:
            inputs = [v for n, v in enumerate(self.inputs()) if n != place]
            rows = [
                {**r, "when": [c for n, c in enumerate(r.get("when", [])) if n != place]}
                if isinstance(r, dict)
                else r
                for r in self.rows.items
            ]
            await self.sheet.write_all([(INPUTS, inputs), (self.path, rows)])

        return dropped

    async def _add_output(self, name: Any) -> None:
        said = str(name).strip()
        if not said or said in self.outputs():
            return
        rows = [
            {**r, "then": {**r.get("then", {}), said: ""}} if isinstance(r, dict) else r
            for r in self.rows.items
        ]
        await self.sheet.write(self.path, rows)
