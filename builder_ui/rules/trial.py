"""Trying a rule: with the data of a real contact, and values that one may put in, it says of every clause whether it
is true and why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import chip
from builder_ui.form.elements import Entry, Pick, Writer
from builder_ui.form.jsontext import understood, written
from builder_ui.rules.speech import Speaker, spoken
from builder_ui.rules.words import labels, lang, name_of
from engine.core.logic import Env, RuleError, compile_rule, explain
from engine.core.logic.explain import Explanation
from engine.core.template import look_up
from engine.services import contacts as contact_service
from engine.services.hints import Hint, sample
from engine.services.runtime import Runtime
from engine.services.views import ContactRow

Find = Callable[[Runtime, int, str], Awaitable[list[ContactRow]]]
MOST = 8
_ENTRIES = {"number": "number", "money": "money", "date": "date", "time": "time", "cpf": "cpf"}


async def find_contacts(rt: Runtime, tenant: int, words: str) -> list[ContactRow]:
    """The newest contacts with these words in their name or address."""
    return await contact_service.contacts(rt, tenant, words=words, limit=MOST)


def contact_data(row: ContactRow) -> dict[str, Any]:
    """A contact as rules see it (`engine.core.world.World.contact`)."""
    return {
        "id": str(row.id), "name": row.name, "phone": row.phone, "email": row.email, "cpf": row.cpf,
        "language": row.language, "tags": row.tags, "fields": row.fields, "opted_out": row.opted_out,
        "created_at": row.created_at.isoformat(),
    }  # fmt: skip


class Trial:
    """`marked` hears what became of each clause: JSON pointer -> true, false, or None where it was not reached."""

    def __init__(
        self, desk: Desk, hints: list[Hint], find: Find, marked: Callable[[dict[str, bool | None]], None]
    ) -> None:
        self.desk, self.t, self.hints, self.find, self.marked = desk, desk.t, hints, find, marked
        self.kinds = {h.path: h for h in hints}
        self.data: dict[str, Any] = sample(hints)
        self.rule: Any = None
        self.on = False
        self.paths: tuple[str, ...] = ()

    def draw(self) -> None:
        t = self.t
        with node("details", "rl-trial") as box:
            box.on("toggle", self._toggled, js_handler="(e) => emit(e.target.open)")
            word("summary", t("rules.try"))
            with node("div", "rl-trial-body"):
                Writer("", self._search, placeholder=t("rules.try.contact"), label=t("rules.try.contact"))
                self.found = node("div", "rl-found")
                self.chosen = word("div", t("rules.try.example"), "tf-help")
                self.values = node("div", "rl-values")
                self.verdict = node("div", "rl-verdict", role="status")

    def _toggled(self, event: Any) -> None:
        self.on = bool(event.args)
        if self.on:
            self._refresh()
        else:
            self.marked({})

    def now(self, rule: Any) -> None:
        """Another rule is to be tried."""
        self.rule = rule
        if self.on:
            self._refresh()

    async def _search(self, words: Any) -> None:
        rows = await self.find(self.desk.rt, self.desk.principal.tenant, str(words))
        self.found.clear()
        with self.found:
            if not rows:
                word("span", self.t("form.nothing"), "tf-help")
            for row in rows[:MOST]:
                press(f"{row.name or row.phone or row.id}", self._chooser(row), "tf-tab")

    def _chooser(self, row: ContactRow) -> Callable[[], None]:
        def choose() -> None:
            self.data["contact"] = contact_data(row)
            self.chosen.text = self.t("rules.try.with", name=row.name or row.phone)
            self.found.clear()
            self.paths = ()
            self._refresh()

        return choose

    def _refresh(self) -> None:
        try:
            paths = tuple(p for p in compile_rule(self.rule).paths if p)
        except RuleError:
            paths = ()
        if paths != self.paths:
            self.paths = paths
            self._inputs()
        self._judge()

    def _inputs(self) -> None:
        self.values.clear()
        with self.values:
            for path in self.paths:
                hint = self.kinds.get(path)
                kind = hint.type if hint is not None else "any"
                label = name_of(self.t, hint) if hint is not None else path
                value = look_up(path.split("."), self.data)
                with node("label", "rl-input"):
                    word("span", label, "tf-cell-name")
                    if kind == "boolean":
                        Entry(
                            "select", bool(value), self._putter(path), label=label,
                            options=[
                                {"value": v, "label": self.t(f"rules.{w}")} for v, w in ((True, "yes"), (False, "no"))
                            ],
                        )  # fmt: skip
                    elif isinstance(value, list) and not any(isinstance(v, list | dict) for v in value):
                        Pick(value, self._putter(path), many=True, free=True, source="nothing", label=label)
                    elif kind in _ENTRIES and not isinstance(value, list | dict):
                        Entry(_ENTRIES[kind], value, self._putter(path), label=label)
                    else:
                        shown = value if isinstance(value, str) else "" if value is None else written(value)
                        Writer(shown, self._reader(path, value), label=label)

    def _putter(self, path: str) -> Callable[[Any], Awaitable[None]]:
        async def told(value: Any) -> None:
            self._put(path, value)
            self._judge()

        return told

    def _reader(self, path: str, before: Any) -> Callable[[Any], Awaitable[None]]:
        async def told(value: Any) -> None:
            text = str(value)
            found, wrong = understood(text)
            keep = wrong or (isinstance(before, str) and not isinstance(found, list | dict))
            self._put(path, text if keep else found)
            self._judge()

        return told

    def _put(self, path: str, value: Any) -> None:
        *above, last = path.split(".")
        at = self.data
        for part in above:
            held = at.get(part)
            if not isinstance(held, dict):
                held = at[part] = {}
            at = held
        if value is None:
            at.pop(last, None)
        else:
            at[last] = value

    def _judge(self) -> None:
        self.verdict.clear()
        now = datetime.now(ZoneInfo("America/Sao_Paulo"))
        with self.verdict:
            try:
                told = explain(self.rule, self.data, Env(now=now), lang(self.t), labels(self.t, self.hints))
                kinds = {path: hint.type for path, hint in self.kinds.items()}
                told = spoken(told, self.rule, Speaker(lang(self.t), labels(self.t, self.hints), kinds))
            except RuleError as fault:
                chip(fault.detail, "bad")
                self.marked({})
                return
            if told.error:
                chip(self.t("rules.try.error"), "bad")
            else:
                chip(
                    self.t("rules.try.true" if told.result else "rules.try.false"),
                    "good" if told.result else "warn",
                )
            word("pre", told.render(), "rl-why")
        marks: dict[str, bool | None] = {}
        _collect(told, marks)
        self.marked(marks)


def _collect(told: Explanation, marks: dict[str, bool | None]) -> None:
    marks[told.path] = told.result if told.reached else None
    for child in told.children:
        _collect(child, marks)
