"""Buttons and lists: each option with its exit, and how the channels will show them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from builder_ui.elements.native import node, word
from builder_ui.elements.states import chip
from builder_ui.form import exits
from builder_ui.form.elements import Pick, Writer
from builder_ui.form.field import frame, framed, label_of
from builder_ui.form.rows import Rows
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet, below
from builder_ui.form.text import as_text, channel_limits, follow
from engine.services.hints import limits

WHATSAPP = "whatsapp_cloud"


def options(sheet: Sheet, spec: Spec, path: str) -> None:
    """The options of a menu or question."""
    _Options(sheet, spec, path).draw()


class _Options:
    def __init__(self, sheet: Sheet, spec: Spec, path: str) -> None:
        self.sheet, self.spec, self.path = sheet, spec, path
        self.rows = Rows(
            sheet,
            path,
            self._one,
            self._fresh,
            add=sheet.t("form.options.add"),
            title=lambda n: sheet.t("form.options.title", n=n + 1),
            least=1 if spec.required else 0,
            most=spec.limit("maxItems") or 30,
            removed=self._removed,
        )

    def draw(self) -> None:
        with framed(self.sheet, self.spec, self.path, group=True):
            self.rows.draw()
            self.sheet.part(self._way, self._state, "tf-way")

    # -- one option ---------------------------------------------------------------------------------------------

    def _title(self, place: int) -> str:
        return str(self._at(place, "title") or self._at(place, "id") or place + 1)

    def _at(self, place: int, name: str) -> Any:
        return self.sheet.get(below(self.path, place, name), "")

    def _fresh(self) -> dict[str, Any]:
        ident = exits.free(f"opcao_{len(self.rows.items) + 1}", exits.taken(self.sheet))
        return {"id": ident, "title": ""}

    def _removed(self, place: int) -> list[Any]:
        gone = exits.cut(self.sheet, str(self._at(place, "id")))
        if gone and self.spec.owner == "menu":
            ui.notify(self.sheet.t("form.options.edge_gone", name=self._title(place)), type="warning")
            return gone
        return []

    def _one(self, place: int) -> None:
        sheet, t = self.sheet, self.sheet.t
        path = below(self.path, place)
        at = below(path, "title")
        with frame(sheet, at, t("form.options.title", n=place + 1), below=False) as made:

            def shown() -> str:
                return as_text(sheet.read(at))

            async def named(value: Any) -> None:
                made.settle(await self._rename(place, str(value)))

            made.hold(
                Writer(
                    shown(),
                    named,
                    inputId=made.ids,
                    needed=True,
                    disabled=not sheet.desk.editable,
                    autofocus=place == self.rows.newest,
                    placeholder=t("form.options.example"),
                    limits=self._limits(),
                )
            )
            follow(made, shown)
        with node("details", "tf-fold"):
            with node("summary"):
                word("span", t("form.options.details"))
                sheet.part(lambda: self._leads(place), lambda: self._target(place), "tf-leads")
            self._details(place, path)

    def _target(self, place: int) -> str:
        return exits.target_title(self.sheet, str(self._at(place, "id"))) if self.spec.owner == "menu" else ""

    def _leads(self, place: int) -> None:
        to = self._target(place)
        if to:
            word("span", f"→ {to}", "tf-to")

    def _limits(self) -> list[dict[str, Any]]:
        many = len(self.rows.items) > limits()[WHATSAPP].buttons
        return channel_limits(self.sheet, "row_title" if many else "button_title")

    def _details(self, place: int, path: str) -> None:
        sheet = self.sheet
        editable = sheet.desk.editable
        for name in ("description", "synonyms", "id"):
            at = below(path, name)
            with frame(sheet, at, label_of(sheet.t, "option", name), help_text=self._help(name)) as made:
                if name == "synonyms":
                    made.hold(
                        Pick(
                            sheet.get(at, []),
                            self._listed(at),
                            many=True,
                            free=True,
                            source="nothing",
                            inputId=made.ids,
                            placeholder=sheet.t("form.add_word"),
                            disabled=not editable,
                        )
                    )
                    follow(made, self._reader(at, []))
                    continue
                told = self._identify(place) if name == "id" else self._texted(at)
                bounds = channel_limits(sheet, "row_description") if name == "description" else []
                made.hold(
                    Writer(
                        as_text(sheet.read(at)), told, inputId=made.ids, disabled=not editable, limits=bounds,
                        mono=name == "id",
                    )
                )  # fmt: skip
                follow(made, self._reader(at, ""))

    def _help(self, name: str) -> str:
        said = self.sheet.t.known("form.help", f"option.{name}")
        return "" if said == f"option.{name}" else said

    def _reader(self, at: str, default: Any) -> Callable[[], Any]:
        return lambda: self.sheet.get(at, default)

    def _listed(self, at: str) -> Any:
        from msgspec import UNSET

        async def told(value: Any) -> None:
            await self.sheet.write(at, value or UNSET, words=self._did())

        return told

    def _texted(self, at: str) -> Any:
        from msgspec import UNSET

        async def told(value: Any) -> None:
            await self.sheet.write(at, value or UNSET, words=self._did())

        return told

    def _identify(self, place: int) -> Any:
        async def told(value: Any) -> None:
            old = str(self._at(place, "id"))
            command = self.sheet.command(below(self.path, place, "id"), str(value))
            if command is not None:
                await self.sheet.do([command, *self._moved(old, str(value))], words=self._did())

        return told

    async def _rename(self, place: int, title: str) -> bool:
        """Titles give the name of the exit, until somebody names it otherwise."""
        old_title, old = str(self._at(place, "title")), str(self._at(place, "id"))
        commands: list[Any] = [self.sheet.command(below(self.path, place, "title"), title)]
        others = exits.taken(self.sheet, but=old)
        derived = (
            old in (exits.free(exits.slug(old_title), others), f"opcao_{place + 1}", f"option_{place + 1}")
            or not old
        )
        if derived and title.strip():
            new = exits.free(exits.slug(title), others)
            if new != old:
                commands += [self.sheet.command(below(self.path, place, "id"), new), *self._moved(old, new)]
        return await self.sheet.do([c for c in commands if c is not None], words=self._did())

    def _moved(self, old: str, new: str) -> list[Any]:
        return exits.rerouted(self.sheet, old, new) if self.spec.owner == "menu" else []

    def _did(self) -> str:
        return self.sheet.t("form.did.set", field=label_of(self.sheet.t, self.spec.owner, self.spec.name))

    # -- how they are shown -------------------------------------------------------------------------------------

    def _state(self) -> str:
        return shown_as(self.rows.items)

    def _way(self) -> None:
        t, way = self.sheet.t, self._state()
        if way:
            chip(t(f"form.channel.{WHATSAPP}"), "plain")
            word("span", t(f"form.options.as.{way}"))


def shown_as(items: list[Any]) -> str:
    """`buttons`, `list` or `numbers`: what WhatsApp will make of these options; empty without any."""
    options = [o for o in items if isinstance(o, dict)]
    if not options:
        return ""
    bounds = limits()[WHATSAPP]
    longest = max(len(str(o.get("title", ""))) for o in options)
    described = any(o.get("description") for o in options)
    if len(options) <= bounds.buttons and longest <= bounds.button_title and not described:
        return "buttons"
    return "list" if len(options) <= bounds.rows and longest <= bounds.row_title else "numbers"
