"""The visual editor of one rule.

    rule_editor(desk, rule, hints, on_change)

Groups of clauses, the plain words beside them, the JSON on its own tab, and a trial with a real contact. Every edit
makes a whole new rule, which is compared with its own rows before it goes out: a rule that would lose something is
refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec
from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.form.elements import Book, Entry, Pick
from builder_ui.rules.arithmetic import Arithmetic
from builder_ui.rules.guards import Guards
from builder_ui.rules.json_tab import json_tab
from builder_ui.rules.operators import (
    ALONE,
    MOMENTS,
    WORDED,
    about,
    asked,
    check_fields,
    fresh,
    question,
    questions,
)
from builder_ui.rules.trial import Find, Trial, find_contacts
from builder_ui.rules.value import operand
from builder_ui.rules.words import in_words, name_of, options
from engine.core.logic import check
from engine.core.logic.editing import (
    Clause,
    Field,
    Group,
    Place,
    Raw,
    Row,
    Value,
    at,
    guard,
    insert,
    pointer_of,
    put,
    remove,
    rows,
    written,
)
from engine.core.logic.editing import (
    rule as rule_of,
)
from engine.services.hints import Hint

Changed = Callable[[Any], Awaitable[None]]
EMPTY: tuple[Any, ...] = (None, {"and": []}, {"or": []}, True)


def rule_editor(
    desk: Desk,
    rule: Any,
    hints: list[Hint],
    on_change: Changed,
    *,
    wants: Literal["boolean", "value"] = "boolean",
    find: Find = find_contacts,
) -> None:
    """Draws the editor into the current slot. `on_change` gets each new rule; `hints` are what it may name; with
    `wants="value"` the rule gives a value, not a yes or no. `find` looks for contacts to try it with."""
    _Editor(desk, rule, hints, on_change, wants, find).draw()


class _Editor:
    def __init__(
        self, desk: Desk, rule: Any, hints: list[Hint], on_change: Changed, wants: str, find: Find
    ) -> None:
        self.desk, self.t, self.hints, self.on_change, self.wants = desk, desk.t, hints, on_change, wants
        self.kinds = {h.path: h.type for h in hints}
        self.names = {h.path: name_of(desk.t, h) for h in hints}
        self.rule: Any = {"and": []} if rule in EMPTY and rule is not True and wants == "boolean" else rule
        self.tree: Row = rows(self.rule)
        self.tab = "rows"
        self.adding: Place | None = None
        """The group to which a clause is being added, as long as its field is not chosen."""
        self.newest: Place | None = None
        """The clause that was just added: its question takes the focus."""
        self.marks: dict[str, bool | None] = {}
        """What the trial said of each clause, by JSON pointer."""
        self.find = find
        self.signs: dict[str, Any] = {}
        self.guards = Guards(desk.t, self.names, self._protector)

    def draw(self) -> None:
        t = self.t
        with node("div", "rl"):
            Book({"rule_hints": self._options(), "nothing": []})
            with node("div", "tf-tabs", role="group", aria_label=t("rules.view")):
                self.tabs = node("div", "tf-tabs")
            self.body = node("div", "rl-body")
            with node("section", "rl-said", aria_label=t("rules.said")):
                word("div", t("rules.said"), "tf-label")
                self.said = word("p", "", "rl-reading", role="status")
                self.wrong = node("div", "tf-wrongs")
            if self.wants == "boolean":
                self.trial = Trial(self.desk, self.hints, self.find, self._marked)
                self.trial.draw()
        self._redraw()

    def _options(self) -> list[dict[str, Any]]:
        moments = [
            {"path": m, "label": self.t(f"rules.op.{m}"), "kind": "", "group": self.t("rules.group.moment")}
            for m in MOMENTS
        ]  # fmt: skip
        return [*options(self.t, self.hints), *moments]

    # -- drawing ------------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        t = self.t
        self.tabs.clear()
        with self.tabs:
            for key in ("rows", "json"):
                on = key == self.tab
                said = "value" if key == "rows" and self.wants == "value" else key
                press(
                    t(f"rules.tab.{said}"), self._turner(key), "tf-tab on" if on else "tf-tab",
                    aria_pressed="true" if on else "false",
                )  # fmt: skip
        self.body.clear()
        self.signs = {}
        self.guards.clear()
        with self.body:
            if self.tab == "json":
                json_tab(self.t, self.rule, self.kinds, self._set, editable=self.desk.editable)
            elif self.wants == "value" and not isinstance(self.tree, Group):
                Arithmetic(self.t, self.rule, self.kinds, self._set, disabled=not self.desk.editable).draw()
            else:
                self._row(self.tree, ())
        self.newest = None
        self._tell()

    def _turner(self, key: str) -> Callable[[], None]:
        def turned() -> None:
            self.tab = key
            self._redraw()

        return turned

    def _tell(self) -> None:
        """The plain words and what the check says, without touching the inputs."""
        self.said.text = in_words(self.rule, self.t, self.hints)
        self.wrong.clear()
        with self.wrong:
            for problem in [] if self.rule in EMPTY else check(self.rule, check_fields(self.kinds))[:6]:
                known = self.t.known("rules.problem", problem.code)
                said = known if known != problem.code else problem.detail
                word("div", f"{said}", f"tf-wrong is-{problem.severity}", title=problem.path)
        if self.desk.editable and self.tab == "rows":
            self.guards.look(self.rule, self.tree)
        if self.wants == "boolean":
            self.trial.now(self.rule)

    def _marked(self, marks: dict[str, bool | None]) -> None:
        """The trial has an opinion on each clause."""
        self.marks = marks
        for pointer, mark in self.signs.items():
            state = marks.get(pointer)
            mark.text = "" if pointer not in marks else "–" if state is None else "✔" if state else "✘"
            mark.classes(replace=f"rl-mark {'' if state is None else 'yes' if state else 'no'}")

    def _row(self, row: Row, place: Place) -> None:
        match row:
            case Group():
                self._group(row, place)
            case Clause():
                with node(
                    "div", "rl-clause", role="group", aria_label=in_words(rule_of(row), self.t, self.hints)
                ):
                    self._clause(row, place)
                self.guards.room(place)
                if not place:
                    self._foot(row, place)
            case Raw():
                with node("div", "rl-clause raw"):
                    self._sign(place)
                    word(
                        "span",
                        in_words(row.source, self.t, self.hints),
                        "rl-raw",
                        title=written(row.source)[:500],
                    )
                    if self.desk.editable:
                        press(self.t("rules.as_json"), self._turner("json"), "tf-link")
                        self._take_away(place)
                if not place:
                    self._foot(row, place)

    def _group(self, group: Group, place: Place) -> None:
        t = self.t
        with node("div", f"rl-group is-{group.kind}", role="group", aria_label=t(f"rules.kind.{group.kind}")):
            with node("div", "rl-group-head"):
                self._sign(place)

                async def turned(kind: Any) -> None:
                    await self._put(place, Group(kind, group.members))

                Entry(
                    "select", group.kind, turned, label=t("rules.kind"), disabled=not self.desk.editable,
                    options=[{"value": k, "label": t(f"rules.kind.{k}")} for k in ("all", "any", "none")],
                )  # fmt: skip
                word("span", t("rules.of"), "rl-word")
                if place and self.desk.editable:
                    self._take_away(place)
            if not group.members and self.adding != place:
                word("div", t("rules.none_yet"), "tf-help")
            for n, member in enumerate(group.members):
                self._row(member, (*place, n))
            self._foot(group, place)

    def _foot(self, row: Row, place: Place) -> None:
        t = self.t
        if not self.desk.editable:
            return
        if self.adding == place:
            with node("div", "rl-clause"):

                async def chosen(path: Any) -> None:
                    self.adding = None
                    if path:
                        await self._append(place, fresh(str(path), self.kinds.get(str(path), "any")))

                Pick(
                    "", chosen, source="rule_hints", free=True, autofocus=True, label=t("rules.field"),
                    placeholder=t("rules.field"),
                )  # fmt: skip
            return

        def add() -> None:
            self.adding = place
            self._redraw()

        async def nest() -> None:
            other = "any" if isinstance(row, Group) and row.kind == "all" else "all"
            self.adding = (*place, len(row.members)) if isinstance(row, Group) else (1,)
            await self._append(place, Group("any" if other == "any" else "all"))

        with node("div", "rl-foot"):
            press(t("rules.add"), add, "tf-add", icon="add")
            press(t("rules.nest"), nest, "tf-add", icon="account_tree")

    def _clause(self, clause: Clause, place: Place) -> None:
        t, editable = self.t, self.desk.editable
        self._sign(place)
        moment = clause.op in ("is_business_hours", "is_holiday")
        path = question(clause) if moment else clause.left.path if isinstance(clause.left, Field) else ""
        kind = self._kind(clause)

        async def other(found: Any) -> None:
            now = at(self.tree, place)
            kept = now if isinstance(now, Clause) else clause
            await self._put(place, about(kept, str(found), self.kinds.get(str(found), "any")))

        if path:
            Pick(path, other, source="rule_hints", free=True, label=t("rules.field"), disabled=not editable)
        else:
            word("span", in_words(rule_of(Clause("true", clause.left)), t, self.hints), "rl-raw")
        if moment:
            self._hands(clause, place)
            return

        async def ask(wanted: Any) -> None:
            now = at(self.tree, place)
            kept = now if isinstance(now, Clause) else clause
            made = asked(kept, str(wanted), kind)
            # the same inputs serve the new question: whoever types in them already must not lose a letter
            same = _inputs(made) == _inputs(kept) and made.op not in WORDED and kept.op not in WORDED
            await self._put(place, made, redraw=not same)

        Entry(
            "select", question(clause), ask, label=t("rules.question"), disabled=not editable,
            autofocus=place == self.newest,
            options=[{"value": q, "label": self._asks(q, kind)} for q in questions(kind, question(clause))],
        ).classes("rl-op")  # fmt: skip
        for n, part in enumerate(clause.right):
            if n:
                word("span", t("rules.and"), "rl-word")
            operand(
                t, part, self._value_kind(clause, kind), clause.op, self._valued(place, n),
                label=t("rules.value"), disabled=not editable,
            )  # fmt: skip
        if clause.op in ALONE and clause.op != "true":
            node("span", "rl-space")
        self._hands(clause, place)

    def _kind(self, clause: Clause) -> str:
        path = clause.left.path if isinstance(clause.left, Field) else ""
        return self.kinds.get(path, "any")

    def _value_kind(self, clause: Clause, kind: str) -> str:
        return "text" if clause.op == "has" else kind

    def _asks(self, wanted: str, kind: str) -> str:
        t = self.t
        if kind in ("date", "datetime", "time"):
            said = t.known("rules.op.date", wanted)
            if said != wanted:
                return said
        return t.known("rules.op", wanted)

    def _valued(self, place: Place, n: int) -> Callable[[Any, bool], Awaitable[None]]:
        async def changed(part: Any, redraw: bool) -> None:
            now = at(self.tree, place)
            if not isinstance(now, Clause):
                return
            right = (*now.right[:n], part, *now.right[n + 1 :])
            await self._put(place, msgspec.structs.replace(now, right=right), redraw=redraw)

        return changed

    def _hands(self, clause: Clause, place: Place) -> None:
        if self.desk.editable:
            self._take_away(place)

    def _take_away(self, place: Place) -> None:
        async def gone() -> None:
            await self._replace(remove(self.tree, place))

        press("", gone, "tf-hand", icon="close", label=self.t("rules.remove"))

    def _sign(self, place: Place) -> None:
        pointer = pointer_of(self.tree, place)
        self.signs[pointer] = word("span", "", "rl-mark", aria_hidden="true")

    def _protector(self, place: Place, path: str) -> Callable[[], Awaitable[None]]:
        async def protect() -> None:
            above = at(self.tree, place[:-1]) if place else None
            if isinstance(above, Group) and above.kind == "all":
                await self._replace(insert(self.tree, place, guard(path)))
            else:
                await self._replace(put(self.tree, place, Group("all", (guard(path), at(self.tree, place)))))

        return protect

    # -- changing -----------------------------------------------------------------------------------------------

    async def _append(self, place: Place, new: Row) -> None:
        row = at(self.tree, place)
        if isinstance(row, Group):
            self.newest = (*place, len(row.members))
            alone = msgspec.structs.replace(row, alone=False) if row.members else row
            tree = put(self.tree, place, alone)
            await self._replace(insert(tree, (*place, len(row.members)), new))
        else:
            self.newest = (*place, 1)
            await self._replace(put(self.tree, place, Group("all", (row, new))))

    async def _put(self, place: Place, new: Row, *, redraw: bool = True) -> None:
        await self._replace(put(self.tree, place, new), redraw=redraw)

    async def _replace(self, tree: Row, *, redraw: bool = True) -> None:
        made = rule_of(tree)
        if written(rule_of(rows(made))) != written(made):
            ui.notify(self.t("rules.lossy"), type="negative")
            return
        self.rule, self.tree = made, rows(made)
        if redraw:
            self._redraw()
        else:
            self._tell()
        await self.on_change(made)

    async def _set(self, made: Any) -> None:
        """A whole new rule, from the arithmetic or the JSON."""
        self.rule, self.tree = made, rows(made)
        self._tell()
        await self.on_change(made)


def _inputs(clause: Clause) -> list[tuple[str, bool]]:
    """Which inputs a clause needs for its values."""
    return [
        (type(part).__name__, isinstance(part, Value) and isinstance(part.value, list))
        for part in clause.right
    ]
