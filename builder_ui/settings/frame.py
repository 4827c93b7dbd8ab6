"""The frame of all settings: the list of parts at the side, and what changes of all parts have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from fastapi import Request
from fastapi.responses import Response
from nicegui import ui
from nicegui.element import Element

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.settings.sections import OWN, SECTIONS, Section
from builder_ui.shell import shell
from builder_ui.simulator.bubbles import ZONE
from builder_ui.texts import Texts
from builder_ui.visit import Visit, to_login, visit
from engine.core.errors import TramaError
from engine.services.demo import Demo
from engine.services.permissions import page_right
from engine.services.principal import Principal
from engine.services.runtime import Runtime

T = TypeVar("T")


def sections(principal: Principal) -> list[Section]:
    """Those that the person may see; one's own account comes first."""
    return [OWN, *(s for s in SECTIONS if principal.may(page_right(s.path)))]


@contextmanager
def framed(seen: Visit, path: str, key: str, *, demo: bool) -> Iterator[None]:
    """A page of the settings; its heading is its own."""
    t = seen.t
    assert seen.principal is not None
    with shell(seen, t(key), demo=demo), node("div", "settings"):
        with node("nav", "settings-nav", aria_label=t("settings.title")):
            for section in sections(seen.principal):
                link = node("a", "rail-link", href=section.path)
                if section.path == path:
                    link.props["aria-current"] = "page"
                with link:
                    ui.icon(section.icon).props("aria-hidden=true")
                    word("span", t(section.key))
        # on a phone the parts are a line that scrolls
        ui.run_javascript(
            "document.querySelector('.settings-nav [aria-current]')"
            "?.scrollIntoView({inline: 'center', block: 'nearest'})"
        )
        with node("div", "settings-page"):
            yield


def part(
    rt: Runtime, demo: Demo | None, path: str, key: str, build: Callable[[Hand], Awaitable[object]]
) -> None:
    """Register a part of the settings at `path`; `build` fills its page."""

    @ui.page(path)
    async def page(request: Request) -> Response | None:
        seen = visit(request)
        if seen.principal is None:
            return to_login(request)
        with framed(seen, path, key, demo=demo is not None):
            await build(Hand(rt, seen, rt.settings.public_url or str(request.base_url).rstrip("/")))
        return None


class Hand:
    """Who works on a page of the settings, and how what they do is carried out and told. `address` is where others
    reach this installation."""

    def __init__(self, rt: Runtime, seen: Visit, address: str = "") -> None:
        assert seen.principal is not None
        self.rt, self.t, self.by, self.address = rt, seen.t, seen.principal, address
        self.tenant = seen.principal.tenant

    async def do(self, deed: Awaitable[T], said: str = "") -> T | None:
        """What it gives; None when it was refused, which is told then."""
        try:
            given = await deed
        except TramaError as fault:
            self.refuse(fault)
            return None
        if said:
            ui.notify(said, position="bottom", timeout=3000)
        return given

    def refuse(self, fault: TramaError) -> None:
        told = self.t.known("refused", fault.code)
        ui.notify(told, caption="" if told != fault.code else fault.detail[:200], type="warning")


class Strip:
    """One line above a list that tells what was done, with the way back."""

    def __init__(self, t: Texts) -> None:
        self._t = t
        self._place = node("div", "strip-place", role="status")

    def tell(self, text: str, undo: Callable[[], Awaitable[object]] | None = None) -> None:
        self._place.clear()
        with self._place, node("div", "strip"):
            word("span", text)
            if undo is not None:

                async def back() -> None:
                    self._place.clear()
                    await undo()

                press(self._t("settings.undo"), back, "ghost", icon="undo")
            press("", self._place.clear, "round", icon="close", label=self._t("settings.close"))


def shown_once(t: Texts, title: str, more: str, secret: str) -> None:
    """A dialog with something that is never shown again."""
    with named_dialog(title).props("persistent") as dialog, node("div", "card dialog"):
        word("h2", title)
        word("p", more, "quiet")
        word("pre", secret, "secret", tabindex=0)

        def copy() -> None:
            ui.clipboard.write(secret)
            ui.notify(t("settings.copied"), position="bottom", timeout=2000)

        with node("div", "dialog-deeds"):
            press(t("settings.copy"), copy, "ghost", icon="content_copy")
            press(t("settings.noted"), dialog.close, "primary")
    dialog.open()


def labelled(text: str, more: str = "") -> Element:
    """A field with its label above; the field is made inside."""
    place = node("div", "labelled")
    with place:
        word("div", text, "dialog-label")
        if more:
            word("div", more, "quiet")
    return place


def when(moment: datetime | None) -> str:
    return "–" if moment is None else moment.astimezone(ZONE).strftime("%d/%m/%Y %H:%M")


def item(icon: str, text: str, do: Callable[[], object]) -> None:
    """A line of a menu."""
    with ui.menu_item(on_click=do).classes("menu-item"):
        ui.icon(icon).props("aria-hidden=true")
        word("span", text)
