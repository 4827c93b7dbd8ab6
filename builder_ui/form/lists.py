"""Lists of simple things: further bubbles, parameters of a template, shares of a random split."""

from __future__ import annotations

from typing import Any

import msgspec

from builder_ui.elements.native import node, word
from builder_ui.form import exits
from builder_ui.form.elements import Entry, Writer
from builder_ui.form.field import frame, framed
from builder_ui.form.rows import Rows
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet, below
from builder_ui.form.text import as_text, follow
from builder_ui.form.words import words


def bubbles(sheet: Sheet, spec: Spec, path: str) -> None:
    """Texts that follow the first, each a bubble of its own."""
    t = sheet.t

    def one(place: int) -> None:
        part = msgspec.structs.replace(spec, name="bubble", schema={}, required=True, default="")
        words(sheet, part, below(path, place))

    with framed(sheet, spec, path, group=True):
        Rows(
            sheet, path, one, str, add=t("form.bubbles.add"), title=lambda n: str(n + 2),
            most=spec.limit("maxItems") or 9,
        ).draw()  # fmt: skip


def texts(sheet: Sheet, spec: Spec, path: str) -> None:
    """Texts with variables, in order: `{{1}}`, `{{2}}` … of a template."""
    t = sheet.t

    def one(place: int) -> None:
        at = below(path, place)
        with frame(sheet, at, t("form.texts.one", n=place + 1)) as made:

            def shown() -> str:
                return as_text(sheet.read(at))

            async def told(value: Any) -> None:
                made.settle(await sheet.write(at, str(value)))

            made.hold(
                Writer(
                    shown(), told, inputId=made.ids, templated=spec.name == "body", tools=spec.name == "body",
                    autofocus=place == rows.newest, disabled=not sheet.desk.editable,
                )
            )  # fmt: skip
            follow(made, shown)

    with framed(sheet, spec, path, group=True):
        rows = Rows(
            sheet, path, one, str, add=t("form.texts.add"), title=lambda n: str(n + 1),
            most=spec.limit("maxItems") or 20,
        )  # fmt: skip
        rows.draw()


def shares(sheet: Sheet, spec: Spec, path: str) -> None:
    """Exits with their weights, and what they come to in per cent."""
    t = sheet.t

    def items() -> list[dict[str, Any]]:
        found = sheet.get(path, [])
        return [s for s in found if isinstance(s, dict)] if isinstance(found, list) else []

    def percent(place: int) -> str:
        weights = [s.get("weight") for s in items()]
        numbers = [w if isinstance(w, int) and w > 0 else 0 for w in weights]
        whole = sum(numbers)
        return f"{numbers[place] * 100 / whole:.0f}%" if whole and place < len(numbers) else "0%"

    def fresh() -> dict[str, Any]:
        return {"exit": exits.free(chr(ord("a") + len(items()) % 26), exits.taken(sheet)), "weight": 1}

    def one(place: int) -> None:
        name_at, weight_at = below(path, place, "exit"), below(path, place, "weight")
        with node("div", "tf-columns tf-shares"):
            with frame(sheet, name_at, t("form.shares.exit")) as made:

                def shown() -> str:
                    return as_text(sheet.read(name_at))

                async def named(value: Any) -> None:
                    old = shown()
                    command = sheet.command(name_at, str(value))
                    if command is not None:
                        made.settle(await sheet.do([command, *exits.rerouted(sheet, old, str(value))]))

                made.hold(
                    Writer(
                        shown(), named, inputId=made.ids, autofocus=place == rows.newest,
                        disabled=not sheet.desk.editable,
                    )
                )  # fmt: skip
                follow(made, shown)
            with frame(sheet, weight_at, t("form.shares.weight")) as weighed:

                async def weigh(value: Any) -> None:
                    weighed.settle(await sheet.write(weight_at, value if value is not None else 0))

                weighed.hold(
                    Entry(
                        "number", sheet.get(weight_at), weigh, inputId=weighed.ids,
                        disabled=not sheet.desk.editable,
                    )
                )  # fmt: skip
                follow(weighed, lambda: sheet.get(weight_at))
            sheet.part(lambda: _say(percent(place)), lambda: percent(place), "tf-percent")

    with framed(sheet, spec, path, group=True):
        rows = Rows(
            sheet, path, one, fresh, add=t("form.shares.add"), title=lambda n: str(n + 1), least=1, most=20,
            removed=lambda n: exits.cut(sheet, str(items()[n].get("exit", ""))), compact=True,
        )  # fmt: skip
        rows.draw()


def _say(text: str) -> None:
    word("span", text, "figures")
