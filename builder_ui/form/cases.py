"""Cases in their order, each a rule with an exit; assignments of variables."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from builder_ui.elements.native import node, word
from builder_ui.form import exits
from builder_ui.form.elements import Pick, Writer
from builder_ui.form.expression import clause, value_or_rule
from builder_ui.form.field import frame, framed, label_of
from builder_ui.form.jsontext import understood, written
from builder_ui.form.rows import Rows
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet, below
from builder_ui.form.text import as_text, follow


def cases(sheet: Sheet, spec: Spec, path: str) -> None:
    """The first true one is taken."""
    t = sheet.t

    def title(place: int) -> str:
        return str(
            sheet.get(below(path, place, "label")) or sheet.get(below(path, place, "exit")) or place + 1
        )

    def fresh() -> dict[str, Any]:
        name = exits.free(f"caso_{len(rows.items) + 1}", exits.taken(sheet))
        return {"exit": name, "when": {"and": []}, "label": t("form.cases.new", n=len(rows.items) + 1)}

    def removed(place: int) -> list[Any]:
        return exits.cut(sheet, str(sheet.get(below(path, place, "exit"), "")))

    def one(place: int) -> None:
        label_at, when_at = below(path, place, "label"), below(path, place, "when")
        with frame(sheet, label_at, t("form.cases.label", n=place + 1)) as made:

            def shown() -> str:
                return as_text(sheet.read(label_at))

            async def told(value: Any) -> None:
                made.settle(await sheet.write(label_at, value or UNSET))

            made.hold(
                Writer(
                    shown(), told, inputId=made.ids, autofocus=place == rows.newest,
                    placeholder=str(sheet.get(below(path, place, "exit"), "")), disabled=not sheet.desk.editable,
                )
            )  # fmt: skip
            follow(made, shown)
        with frame(sheet, when_at, t("form.cases.when"), below=True, group=True):
            clause(sheet, when_at, title(place))
        with node("details", "tf-fold"):
            word("summary", t("form.options.details"))
            _exit(sheet, below(path, place, "exit"))

    with framed(sheet, spec, path, group=True):
        rows = Rows(
            sheet, path, one, fresh, add=t("form.cases.add"),
            title=lambda n: t("form.cases.label", n=n + 1), least=1 if spec.required else 0,
            most=spec.limit("maxItems") or 40, removed=removed,
        )  # fmt: skip
        rows.draw()
        word("div", t("form.cases.else" if spec.owner == "decide" else "form.cases.menu"), "tf-help")


def _exit(sheet: Sheet, at: str) -> None:
    """The name of the exit; its edge comes along."""
    with frame(sheet, at, sheet.t("form.exit")) as made:

        async def told(value: Any) -> None:
            old = as_text(sheet.read(at))
            command = sheet.command(at, str(value))
            if command is not None:
                made.settle(await sheet.do([command, *exits.rerouted(sheet, old, str(value))]))

        made.hold(
            Writer(
                as_text(sheet.read(at)), told, inputId=made.ids, mono=True, disabled=not sheet.desk.editable
            )
        )
        follow(made, lambda: as_text(sheet.read(at)))


def assignments(sheet: Sheet, spec: Spec, path: str) -> None:
    """Variables with their new values; later ones see the earlier."""
    t = sheet.t

    def one(place: int) -> None:
        entry, name_at = below(path, place), below(path, place, "name")
        with frame(sheet, name_at, label_of(t, "assignment", "name")) as made:

            async def told(value: Any) -> None:
                made.settle(await sheet.write(name_at, str(value).strip()))

            made.hold(
                Pick(
                    as_text(sheet.read(name_at)), told,
                    options=sorted({v.name for v in sheet.desk.document.variables}), free=True,
                    inputId=made.ids, autofocus=place == rows.newest, disabled=not sheet.desk.editable,
                )
            )  # fmt: skip
            follow(made, lambda: as_text(sheet.read(name_at)))

        def text() -> None:
            any_value(sheet, f"{entry}/value", t("field.assignment.value"))

        value_or_rule(sheet, entry, text, title=as_text(sheet.read(name_at)))

    with framed(sheet, spec, path, group=True):
        rows = Rows(
            sheet, path, one, lambda: {"name": "", "value": ""}, add=t("form.set.add"),
            title=lambda n: f"{label_of(t, 'assignment', 'name')} {n + 1}", least=1, most=50,
        )  # fmt: skip
        rows.draw()


def any_value(sheet: Sheet, at: str, label: str) -> None:
    """A text with variables; a number, list or object that stands there stays one while it still reads as such."""
    with frame(sheet, at, label) as made:

        def shown() -> str:
            found = sheet.read(at)
            return found if isinstance(found, str) else "" if found in (UNSET, None) else written(found)

        async def told(value: Any) -> None:
            said: Any = str(value)
            before = sheet.read(at)
            if before not in (UNSET, None) and not isinstance(before, str):
                found, wrong = understood(said)
                said = said if wrong else found
            made.settle(await sheet.write(at, said))

        made.hold(
            Writer(
                shown(), told, inputId=made.ids, templated=True, tools=True, disabled=not sheet.desk.editable
            )
        )
        follow(made, shown)
