"""A rule in a form: its plain words, and the editor a press away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.form.field import frame, framed, label_of
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Found, Sheet
from builder_ui.rules.editor import rule_editor
from builder_ui.rules.words import in_words
from engine.services.hints import Hint


def rule(sheet: Sheet, spec: Spec, path: str) -> None:
    """A rule that may be left out."""
    local: list[Hint] = []
    if spec.owner == "ask":
        local.append(_answer(sheet))
    with framed(sheet, spec, path, group=True):
        clause(sheet, path, label_of(sheet.t, spec.owner, spec.name), local=local, optional=True)


def _answer(sheet: Sheet) -> Hint:
    kind = str(sheet.get("/answer", "text"))
    known = {
        "yes_no": "boolean",
        "rating": "number",
        "choice": "text",
        "location": "object",
        "media": "object",
    }
    return Hint(path="answer", type=known.get(kind, kind), group="message", label=sheet.t("form.answer"))


def clause(
    sheet: Sheet,
    path: str,
    title: str,
    *,
    local: list[Hint] | None = None,
    optional: bool = False,
    wants: str = "boolean",
) -> None:
    """The rule at `path` in words, with a press that opens the editor. `local` are names that only count here."""
    t = sheet.t

    def here() -> Found:
        found = sheet.read(path)
        return UNSET if found is None else found

    def opened() -> None:
        _dialog(sheet, path, title, local or [], wants)

    async def drop() -> None:
        await sheet.write(path, UNSET, words=t("form.did.remove"))

    def draw() -> None:
        value = here()
        editable = sheet.desk.editable
        if value is UNSET:
            if editable:
                press(t("form.rule.add"), opened, "tf-add", icon="rule")
            return
        with node("div", "tf-rule"):
            said = in_words(value, t, [*(local or []), *sheet.hints])
            press(said, opened, "tf-rule-words", title=t("form.rule.edit"))
            if editable and optional:
                press("", drop, "tf-hand", icon="close", label=t("form.remove", name=title))

    sheet.part(draw, lambda: repr(here()))


def _dialog(sheet: Sheet, path: str, title: str, local: list[Hint], wants: str) -> None:
    t = sheet.t

    async def changed(value: Any) -> None:
        await sheet.write(path, value, words=t("form.did.rule", name=title))

    with sheet.home, ui.dialog() as dialog, node("div", "rl-dialog", role="document"):
        with node("div", "rl-dialog-head"):
            word("h2", title)
            press("", dialog.close, "round", icon="close", label=t("form.close"))
        value = sheet.read(path)
        rule_editor(
            sheet.desk,
            None if value is UNSET else value,
            [*local, *sheet.hints],
            changed,
            wants="value" if wants == "value" else "boolean",
        )
        with node("div", "rl-dialog-foot"):
            press(t("form.done"), dialog.close, "primary")
    dialog.on("hide", dialog.delete)
    dialog.props["aria-label"] = title
    dialog.open()


def value_or_rule(sheet: Sheet, path: str, draw_text: Callable[[], None], *, title: str) -> None:
    """A text with variables, or a calculation: one switch, one at a time. `path` is the entry that has `value` or
    `rule`."""
    t = sheet.t

    def by_rule() -> bool:
        return sheet.get(f"{path}/rule") is not None

    async def to_rule() -> None:
        await sheet.write_all([(f"{path}/value", UNSET), (f"{path}/rule", {"+": [0]})])

    async def to_text() -> None:
        await sheet.write_all([(f"{path}/rule", UNSET), (f"{path}/value", "")])

    def draw() -> None:
        rule_on = by_rule()
        if sheet.desk.editable:
            with node("div", "tf-tabs", role="group", aria_label=t("form.value.how")):
                press(
                    t("form.value.text"),
                    to_text if rule_on else None,
                    "tf-tab" if rule_on else "tf-tab on",
                    aria_pressed="false" if rule_on else "true",
                )
                press(
                    t("form.value.rule"),
                    None if rule_on else to_rule,
                    "tf-tab on" if rule_on else "tf-tab",
                    aria_pressed="true" if rule_on else "false",
                )
        if rule_on:
            with frame(sheet, f"{path}/rule", t("form.value.rule"), below=True, group=True):
                clause(sheet, f"{path}/rule", title, wants="value")
        else:
            draw_text()

    sheet.part(draw, by_rule)
