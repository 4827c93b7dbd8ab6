"""The elements that fields are made of. What is typed lives in the browser until it is sent, so that a page that is
drawn anew takes nothing from under anybody's fingers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

Told = Callable[[Any], Awaitable[None]]


class _Input(Element):
    """`told` gets each value that a person settles on."""

    def __init__(self, value: Any, told: Told | None, props: dict[str, Any]) -> None:
        super().__init__()
        self.props["value"] = value
        for name, given in props.items():
            if given not in (None, "", False):
                self.props[name] = given
        self._told = told
        if told is not None:
            self.on("edit", self._edited)

    @property
    def value(self) -> Any:
        return self.props.get("value")

    async def _edited(self, event: GenericEventArguments) -> None:
        # the browser has this value already: no need to send it back
        with self.props.suspend_updates():
            self.props["value"] = event.args
        if self._told is not None:
            await self._told(event.args)

    def show(self, value: Any) -> None:
        """Take over a value from outside; ignored by the browser while somebody types here."""
        if self.props.get("value") != value or type(self.props.get("value")) is not type(value):
            self.props["value"] = value
            self.update()

    def blame(self, *, invalid: bool) -> None:
        if bool(self.props.get("invalid")) != invalid:
            self.props["invalid"] = invalid
            self.update()


class Writer(_Input, component="writer.js"):
    """A text of one or several lines. Props: `multiline rows templated tools limits live mono placeholder label needed
    described disabled autofocus`."""

    def __init__(self, value: str, told: Told | None, **props: Any) -> None:
        super().__init__(value, told, props)

    def on_typing(self, told: Callable[[str], None]) -> None:
        """Hear what is being typed, several times a second, before it is settled."""

        def heard(event: GenericEventArguments) -> None:
            told(str(event.args))

        self.on("typing", heard)


class Entry(_Input, component="entry.js"):
    """A short value. `kind`: number, money, duration, date, time, cpf, select (with `options`), check, text."""

    def __init__(self, kind: str, value: Any, told: Told | None, **props: Any) -> None:
        super().__init__(value, told, {"kind": kind, **props})


class Pick(_Input, component="pick.js"):
    """One of a list (or several, with `many`). `options` are texts or objects `{value, label, group, kind, path,
    example}`; `source` names a list of the page's book in their place; `free` takes other words too."""

    def __init__(self, value: Any, told: Told | None, **props: Any) -> None:
        super().__init__(value, told, props)

    def offer(self, options: list[Any]) -> None:
        self.props["options"] = options
        self.update()


class Book(Element, component="book.js"):
    """What all fields of the page share: `hints filters emoji words` and lists of names."""

    def __init__(self, book: dict[str, Any]) -> None:
        super().__init__()
        self.props["book"] = book

    def now(self, book: dict[str, Any]) -> None:
        self.props["book"] = book
        self.update()
