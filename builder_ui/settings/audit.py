"""The log of changes (`/settings/audit`): who changed what, when, from what to what."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from nicegui import ui

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import empty
from builder_ui.settings.frame import Hand, part, when
from builder_ui.simulator.bubbles import ZONE
from engine.services import auditing, people
from engine.services.auditing import LAST, Wanted
from engine.services.demo import Demo
from engine.services.runtime import Runtime
from engine.services.views import AuditRow

PATH = "/settings/audit"
PAGE = 50
_VALUES = ("role", "right", "auditvalue")
"""Where the words for values are found."""
KINDS = (
    "person",
    "team",
    "api_key",
    "tenant",
    "queue",
    "flow",
    "channel",
    "contact",
    "conversation",
    "route",
)


def register(rt: Runtime, demo: Demo | None) -> None:
    async def build(hand: Hand) -> None:
        listing = Listing(hand)
        await listing.prepare()
        await listing.load()

    part(rt, demo, PATH, "settings.audit", build)


class Listing:
    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        self._names: dict[int, str] = {}
        self._pages = 1
        with node("header", "page-head"):
            word("h1", t("settings.audit"))
            self._export = node("a", "btn ghost", href="/api/v1/audit/export", download="")
            with self._export:
                ui.icon("download").props("aria-hidden=true")
                word("span", t("audit.export"))
        with node("div", "filters"):
            self._who = self._select("who")
            self._action = self._select("action")
            self._kind = self._select("subject")
            self._since = self._day("since")
            self._until = self._day("until")
        self._body = node("div")

    def _select(self, name: str) -> ui.select:
        label = self._hand.t(f"audit.{name}")
        made = ui.select({"": label}, value="").props("dense outlined options-dense")
        made.props["aria-label"] = label
        made.on_value_change(self._anew)
        return made

    def _day(self, name: str) -> ui.input:
        label = self._hand.t(f"audit.{name}")
        made = ui.input(label).props("type=date dense outlined stack-label debounce=400")
        made.on_value_change(self._anew)
        return made

    async def prepare(self) -> None:
        """What there is to choose from."""
        hand, t = self._hand, self._hand.t
        everyone = await people.people(hand.rt, hand.tenant)
        self._names = {person.id: person.name for person in everyone}
        actions = await auditing.actions(hand.rt, hand.tenant)
        named = sorted(((a, t.known("audited", a)) for a in actions), key=lambda pair: pair[1].casefold())
        self._who.set_options(
            {"": t("audit.everyone"), **{str(i): n for i, n in self._names.items()}}, value=""
        )
        self._action.set_options({"": t("audit.every-action"), **dict(named)}, value="")
        kinds = {kind: t(f"audit.subject.{kind}") for kind in KINDS}
        self._kind.set_options({"": t("audit.every-subject"), **kinds}, value="")

    async def _anew(self) -> None:
        self._pages = 1
        await self.load()

    async def _more(self) -> None:
        self._pages += 1
        await self.load()

    def _wanted(self) -> Wanted:
        kind = str(self._kind.value or "")
        until = _moment(self._until.value)
        return Wanted(
            person=int(self._who.value) if self._who.value else None,
            action=str(self._action.value or ""),
            subject="tenant" if kind == "tenant" else f"{kind}:" if kind else "",
            since=_moment(self._since.value),
            until=until + timedelta(days=1) if until is not None else None,
        )

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        wanted = self._wanted()
        asked = {k: v for k, v in msgspec.to_builtins(wanted).items() if v}
        self._export.props["href"] = "/api/v1/audit/export" + (f"?{urlencode(asked)}" if asked else "")
        self._export.update()
        limit = self._pages * PAGE
        rows = await auditing.search(hand.rt, hand.tenant, wanted, before=LAST, limit=limit + 1)
        self._body.clear()
        with self._body:
            if not rows:
                with node("div", "card"):
                    empty("history", t("audit.none"), t("audit.none-more"))
                return
            with node("ol", "card audit"):
                for row in rows[:limit]:
                    self._row(row)
            if len(rows) > limit:
                press(t("settings.more"), self._more, "ghost")

    def _row(self, row: AuditRow) -> None:
        t = self._hand.t
        with node("li", "audit-row"):
            with node("div", "audit-head"):
                word("span", t.known("audited", row.action), "strong")
                word("span", self._subject(row.subject), "audit-subject")
                word("time", when(row.at), "quiet")
            who = row.name or t("audit.nobody")
            if row.key is not None:
                who = t("audit.by-key", name=who)
            word("div", " · ".join(part for part in (who, row.address) if part), "quiet")
            self._detail(row.detail)

    def _subject(self, subject: str) -> str:
        t = self._hand.t
        kind, _, ident = subject.partition(":")
        if kind == "person" and ident.isdigit() and int(ident) in self._names:
            return self._names[int(ident)]
        if kind == "route":
            return ident
        named = t.known("audit.subject", kind)
        return f"{named} {ident}".strip()

    def _detail(self, detail: dict[str, Any]) -> None:
        """What changed, from what to what; what has no before is listed."""
        before, after = detail.get("before"), detail.get("after")
        rest = {
            k: v for k, v in detail.items() if k not in ("before", "after") and v not in (None, "", [], 0)
        }
        old, new = (each if isinstance(each, dict) else {} for each in (before, after))
        changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        if not changed and not rest:
            return
        with node("dl", "diff"):
            for key in changed:
                with node("div"):
                    word("dt", self._hand.t.known("auditfield", key))
                    with node("dd"):
                        if key in old:
                            word("del", self._shown(old[key], key))
                        if key in old and key in new:
                            word("span", "→", "diff-arrow", aria_hidden="true")
                        if key in new:
                            word("ins", self._shown(new[key], key))
            for key, value in rest.items():
                with node("div"):
                    word("dt", self._hand.t.known("auditfield", key))
                    word("dd", self._shown(value))

    def _shown(self, value: Any, key: str = "") -> str:
        t = self._hand.t
        match value:
            case int() if key == "members" and value in self._names:
                return self._names[value]
            case None | "" | []:
                return "–"
            case dict() if not value:
                return "–"
            case bool():
                return t("audit.yes") if value else t("audit.no")
            case [str(start), str(end)] if key == "hours":
                return f"{start}–{end}"
            case str():
                named = next(
                    (t.known(kind, value) for kind in _VALUES if t.known(kind, value) != value), value
                )
                return _short(named)
            case list():
                return _short(", ".join(self._shown(each, key) for each in value))
            case dict():
                return _short(
                    "; ".join(f"{t.known('weekday', k)}: {self._shown(v, key)}" for k, v in value.items())
                )
        return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= 300 else text[:299] + "…"


def _moment(day: Any) -> datetime | None:
    """The beginning of a day that was typed, in local time."""
    try:
        return datetime.combine(datetime.fromisoformat(str(day)).date(), time(), ZONE)
    except ValueError:
        return None
