"""The settings of the flow itself: name, what starts it, its variables.

flow_settings(desk)
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, word
from builder_ui.form import exits, inputs
from builder_ui.form.cases import any_value
from builder_ui.form.cron import due
from builder_ui.form.elements import Entry, Pick, Writer
from builder_ui.form.field import frame, framed, label_of
from builder_ui.form.rows import Rows
from builder_ui.form.shape import Spec, inner
from builder_ui.form.shared import Load, book_of, share
from builder_ui.form.sheet import Sheet, below, open_sheet
from builder_ui.form.text import as_text, follow, writer
from engine.core.filters import MONTHS, WEEKDAYS
from engine.core.flow import Kind, Trigger, Variable, VariableType
from engine.services import hints as hint_service
from engine.services.hints import limits

CONTROLS = {
    "keywords": "names:", "payloads": "names:", "channels": "names:channels", "event": "name:events",
    "when": "rule", "minutes": "duration", "field": "name:datefields", "cron": "cron",
}  # fmt: skip
COUNTS: dict[str, tuple[str, ...]] = {
    "keywords": ("message",),
    "match": ("message",),
    "first": ("message",),
    "payloads": ("button",),
    "event": ("event",),
    "cron": ("schedule",),
    "field": ("date",),
    "offset_days": ("date",),
    "minutes": ("silence",),
    "channels": ("message", "button", "closed", "silence", "campaign"),
    "interrupt": ("message", "button"),
}
"""The kinds of trigger that a setting counts for; the others count for all."""
_MORE = ("priority", "interrupt", "channels")
LANGUAGES = ("pt-BR", "en", "es")


def flow_settings(desk: Desk, *, load: Load = hint_service.directory) -> None:
    """The form of the flow's own settings, into the current slot."""
    sheet = Sheet(desk, "")
    sheet.home = node("div", "tf-home")
    with sheet.home:
        share(sheet, load, _book)
        form = _FlowForm(sheet)
        sheet.root = sheet.part(form.draw, lambda: desk.editable, "tf-form")
    open_sheet(sheet)


def _book(sheet: Sheet) -> dict[str, Any]:
    t = sheet.t
    return {
        **book_of(sheet),
        "channels": [{"value": k, "label": t.known("form.channel", k)} for k in limits()],
        "datefields": [f"fields.{name}" for name in sheet.directory.fields],
    }


@lru_cache(maxsize=1)
def trigger_specs() -> tuple[Spec, ...]:
    """The settings of a trigger, in the order of its struct."""
    return tuple(msgspec.structs.replace(s, control=CONTROLS.get(s.name, s.control)) for s in _specs(Trigger))


@lru_cache(maxsize=1)
def variable_specs() -> tuple[Spec, ...]:
    return _specs(Variable)


def _specs(cls: type[msgspec.Struct]) -> tuple[Spec, ...]:
    _, parts = msgspec.json.schema_components([cls], ref_template="#/$defs/{name}")
    return inner(parts, cls.__name__)


class _FlowForm:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def draw(self) -> None:
        t = self.sheet.t
        word("h2", t("form.flow.title"))
        self._line("name", required=True)
        self._line("description", area=True)
        with node("div", "tf-columns"):
            self._choice("kind", [{"value": k, "label": t(f"flowkind.{k}")} for k in get_args(Kind)])
            self._choice("language", [{"value": k, "label": t(f"form.language.{k}")} for k in LANGUAGES])
        self._triggers()
        self._variables()

    def _line(self, name: str, *, required: bool = False, area: bool = False) -> None:
        sheet, path = self.sheet, f"/{name}"
        label = label_of(sheet.t, "flow", name)
        with frame(sheet, path, label, required=required) as made:

            async def told(value: Any) -> None:
                made.settle(await sheet.write(path, str(value), words=sheet.t("form.did.set", field=label)))

            made.hold(
                Writer(
                    as_text(sheet.read(path)), told, inputId=made.ids, multiline=area, rows=2, needed=required,
                    disabled=not sheet.desk.editable,
                )
            )  # fmt: skip
            follow(made, lambda: as_text(sheet.read(path)))

    def _choice(self, name: str, options: list[dict[str, Any]]) -> None:
        sheet, path = self.sheet, f"/{name}"
        label = label_of(sheet.t, "flow", name)
        with frame(sheet, path, label) as made:

            async def told(value: Any) -> None:
                made.settle(await sheet.write(path, value, words=sheet.t("form.did.set", field=label)))

            made.hold(
                Entry(
                    "select", sheet.get(path), told, options=options, inputId=made.ids,
                    disabled=not sheet.desk.editable,
                )
            )  # fmt: skip
            follow(made, lambda: sheet.get(path))

    # -- triggers -----------------------------------------------------------------------------------------------

    def _triggers(self) -> None:
        sheet, t = self.sheet, self.sheet.t
        path = "/triggers"

        def name(place: int) -> str:
            return t.known("choice.on", str(sheet.get(below(path, place, "on"), "")))

        with frame(sheet, path, t("form.triggers"), help_text=t("form.triggers.help"), group=True):
            Rows(
                sheet, path, self._trigger, lambda: {"on": "message"}, add=t("form.triggers.add"), title=name,
                most=50, make_up=lambda item: item.get("on") if isinstance(item, dict) else None,
            ).draw()  # fmt: skip

    def _trigger(self, place: int) -> None:
        sheet, t = self.sheet, self.sheet.t
        path = below("/triggers", place)
        kind = sheet.get(below(path, "on"))
        drawn = [s for s in trigger_specs() if kind in COUNTS.get(s.name, (kind,))]
        for spec in drawn:
            if spec.name not in _MORE:
                self._one(spec, below(path, spec.name))
        with node("details", "tf-fold"):
            word("summary", t("form.options.details"))
            for spec in drawn:
                if spec.name in _MORE:
                    self._one(spec, below(path, spec.name))

    def _one(self, spec: Spec, path: str) -> None:
        if spec.control == "cron":
            self._cron(spec, path)
        else:
            inputs.draw(self.sheet, spec, path)

    def _cron(self, spec: Spec, path: str) -> None:
        """A cron line, with ready ones to choose from, and when it is due next."""
        sheet, t = self.sheet, self.sheet.t
        ready = [
            {"value": line, "label": t(f"form.cron.{key}"), "path": line}
            for key, line in (
                ("daily", "0 9 * * *"), ("weekdays", "0 9 * * 1-5"), ("monday", "0 9 * * 1"),
                ("monthly", "0 9 1 * *"), ("hourly", "0 * * * *"),
            )
        ]  # fmt: skip
        with framed(sheet, spec, path) as made:
            made.hold(
                Pick(
                    as_text(sheet.read(path)), writer(made, spec, path), options=ready, free=True, inputId=made.ids,
                    placeholder="0 9 * * 1-5", disabled=not sheet.desk.editable,
                )
            )  # fmt: skip
            follow(made, lambda: as_text(sheet.read(path)))

        def line() -> str:
            return as_text(sheet.read(path))

        def draw() -> None:
            if not line():
                return
            times = due(line(), datetime.now(ZoneInfo("America/Sao_Paulo")))
            if times:
                word("div", t("form.cron.next", times=" · ".join(map(self._moment, times))), "tf-help")
            else:
                word("div", t("form.cron.wrong"), "tf-wrong is-error")

        sheet.part(draw, line)

    def _moment(self, at: datetime) -> str:
        if self.sheet.t.language == "en":
            return at.strftime("%a %d %b, %H:%M")
        return f"{WEEKDAYS[at.weekday()].split('-')[0]}, {at.day} de {MONTHS[at.month - 1]}, {at:%H:%M}"

    # -- variables ----------------------------------------------------------------------------------------------

    def _variables(self) -> None:
        sheet, t = self.sheet, self.sheet.t
        path = "/variables"

        def fresh() -> dict[str, Any]:
            taken = {v.name for v in sheet.desk.document.variables}
            return {"name": exits.free("variavel", taken), "type": "text"}

        def kind(item: Any) -> object:
            return item.get("type") if isinstance(item, dict) else None

        with frame(sheet, path, t("form.variables"), help_text=t("form.variables.help"), group=True):
            self.variables = Rows(
                sheet, path, self._variable, fresh, add=t("form.variables.add"), most=200, make_up=kind,
                title=lambda n: f"{t('form.variable')} {n + 1}",
            )  # fmt: skip
            self.variables.draw()

    def _variable(self, place: int) -> None:
        sheet, t = self.sheet, self.sheet.t
        path = below("/variables", place)
        by_name = {s.name: s for s in variable_specs()}
        with node("div", "tf-columns"):
            inputs.draw(sheet, msgspec.structs.replace(by_name["name"], control="word"), below(path, "name"))
            at = below(path, "type")
            with frame(sheet, at, label_of(t, "variable", "type")) as made:

                async def turned(value: Any) -> None:
                    # a default of the old type would not be one of the new
                    made.settle(await sheet.write_all([(at, value), (below(path, "default"), UNSET)]))

                made.hold(
                    Entry(
                        "select", sheet.get(at, "any"), turned, inputId=made.ids, disabled=not sheet.desk.editable,
                        options=[{"value": v, "label": t(f"rules.type.{v}")} for v in get_args(VariableType)],
                    )
                )  # fmt: skip
                follow(made, lambda: sheet.get(at, "any"))
        with node("details", "tf-fold"):
            word("summary", t("form.options.details"))
            inputs.draw(
                sheet,
                msgspec.structs.replace(by_name["description"], control="word"),
                below(path, "description"),
            )
            self._default(place, path)
            for name in ("argument", "result"):
                inputs.draw(sheet, by_name[name], below(path, name))

    def _default(self, place: int, path: str) -> None:
        sheet, t = self.sheet, self.sheet.t
        at, label = below(path, "default"), label_of(self.sheet.t, "variable", "default")
        kind = sheet.get(below(path, "type"), "any")
        entry = {"number": "number", "money": "money", "date": "date", "time": "time", "cpf": "cpf"}.get(kind)
        if kind != "boolean" and entry is None:
            any_value(sheet, at, label)
            return
        with frame(sheet, at, label) as made:

            async def told(value: Any) -> None:
                made.settle(
                    await sheet.write(at, UNSET if value in (None, "") and value is not False else value)
                )

            props: dict[str, Any] = {"inputId": made.ids, "disabled": not sheet.desk.editable}
            if kind == "boolean":
                words = ((None, "form.none"), (True, "form.yes"), (False, "form.no"))
                props["options"] = [{"value": v, "label": t(k)} for v, k in words]
            made.hold(Entry(entry or "select", sheet.get(at), told, **props))
            follow(made, lambda: sheet.get(at))
