"""Choosing a flow, or a node of this flow, by name."""

from __future__ import annotations

from typing import Any

from builder_ui.form.elements import Entry, Pick, Writer
from builder_ui.form.field import framed
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet
from builder_ui.form.text import as_text, follow, writer


def flow(sheet: Sheet, spec: Spec, path: str) -> None:
    """A flow of the company; its id is what is kept."""
    with framed(sheet, spec, path) as made:
        made.hold(
            Pick(
                as_text(sheet.read(path)),
                writer(made, spec, path),
                source="flows",
                inputId=made.ids,
                placeholder=sheet.t("form.flow.choose"),
                disabled=not sheet.desk.editable,
            )
        )
        follow(made, lambda: as_text(sheet.read(path)))


def step(sheet: Sheet, spec: Spec, path: str) -> None:
    """Another node of this flow."""
    with framed(sheet, spec, path) as made:
        made.hold(
            Pick(
                as_text(sheet.read(path)),
                writer(made, spec, path),
                options=steps(sheet),
                inputId=made.ids,
                placeholder=sheet.t("form.node.choose"),
                disabled=not sheet.desk.editable,
            )
        )
        follow(made, lambda: as_text(sheet.read(path)))


def steps(sheet: Sheet) -> list[dict[str, Any]]:
    return [
        {"value": str(n.get("id")), "label": str(n.get("label") or n.get("id")), "path": str(n.get("id"))}
        for n in sheet.desk.document.nodes
        if n.get("id") != sheet.ident
    ]


def list_path(sheet: Sheet, spec: Spec, path: str) -> None:
    """A list to go through: kept as a substitution, chosen as a variable."""
    lists = [
        {"value": f"{{{{ {h.path} }}}}", "label": h.label or h.path, "path": h.path}
        for h in sheet.hints
        if h.type in ("list", "any")
    ]
    with framed(sheet, spec, path) as made:
        made.hold(
            Pick(
                as_text(sheet.read(path)),
                writer(made, spec, path),
                options=lists,
                free=True,
                inputId=made.ids,
                disabled=not sheet.desk.editable,
            )
        )
        follow(made, lambda: as_text(sheet.read(path)))


def amount(sheet: Sheet, spec: Spec, path: str) -> None:
    """Money, fixed or out of a variable."""
    fixed = isinstance(sheet.read(path), int)

    def draw() -> None:
        held = sheet.read(path)
        with framed(sheet, spec, path) as made:
            if isinstance(held, int):
                made.hold(
                    Entry(
                        "money",
                        held,
                        writer(made, spec, path),
                        inputId=made.ids,
                        disabled=not sheet.desk.editable,
                    )
                )
                follow(made, lambda: sheet.get(path))
                return

            async def told(value: Any) -> None:
                said = str(value).strip()
                number = said.replace("R$", "").replace(".", "").replace(",", ".").strip()
                whole = number.replace(".", "", 1).isdigit()
                await writer(made, spec, path)(round(float(number) * 100) if whole else said)

            made.hold(
                Writer(
                    as_text(held), told, inputId=made.ids, templated=True, tools=True, placeholder="R$ 0,00",
                    disabled=not sheet.desk.editable,
                )
            )  # fmt: skip
            follow(made, lambda: as_text(sheet.read(path)))

    del fixed
    sheet.part(draw, lambda: isinstance(sheet.read(path), int))
