"""A rule as JSON: checked with its pointers when it is applied; operators to insert."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from builder_ui.elements.native import node, press, word
from builder_ui.form.code import json_field
from builder_ui.form.elements import Pick
from builder_ui.form.jsontext import understood, written
from builder_ui.rules.operators import check_fields
from builder_ui.rules.words import lang
from builder_ui.texts import Texts
from engine.core.logic import OPERATORS, check

SHOWN = 8
"""Problems at a time."""


def json_tab(
    t: Texts, rule: Any, kinds: dict[str, str], put: Callable[[Any], Awaitable[None]], *, editable: bool
) -> None:
    """Draws the tab. `put` gets the rule that was applied, also one that has problems still: the draft keeps it."""
    field = json_field(written(rule))
    if not editable:
        field.disable()
        return
    wrong = node("div", "tf-wrongs", role="alert")

    async def apply() -> None:
        wrong.clear()
        made, where = understood(str(field.value))
        with wrong:
            if where:
                word("div", t("form.fault.json", where=where), "tf-wrong is-error")
                return
            for problem in check(made, check_fields(kinds))[:SHOWN]:
                word("div", f"{problem.path or '/'}: {problem.detail}", f"tf-wrong is-{problem.severity}")
        await put(made)

    async def add(name: Any) -> None:
        field.value = f"{field.value}\n{json.dumps({str(name): []})}"

    names = [{"value": o.name, "label": o.name, "kind": o.summary[lang(t)][:80]} for o in OPERATORS.values()]
    with node("div", "tf-row"):
        press(t("form.json.apply"), apply, "primary")
        Pick("", add, options=names, placeholder=t("rules.operators"), label=t("rules.operators"))
