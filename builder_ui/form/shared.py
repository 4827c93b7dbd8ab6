"""What all fields of a form share: variables, filters, emoji and a company's names, once for the page."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.form import emoji
from builder_ui.form.elements import Book
from builder_ui.form.sheet import Sheet
from builder_ui.rules.words import options
from builder_ui.texts import Texts
from engine.core.filters import FILTERS, shown
from engine.core.flow import Document
from engine.services.hints import Directory
from engine.services.runtime import Runtime

Load = Callable[[Runtime, int, Document], Awaitable[Directory]]


FRESH_SECONDS = 60.0
"""How long a company's names are taken for known."""


class _Shelf:
    """The book of a desk's page, which outlives its forms, and the company's names."""

    def __init__(self) -> None:
        self.book: Book | None = None
        self.held: dict[str, Any] = {}
        self.directory: Directory | None = None
        self.at = 0.0

    def put(self, book: dict[str, Any]) -> None:
        """The page has all of this from now on. Travels only where something is new."""
        news = {name: held for name, held in book.items() if self.held.get(name) != held}
        if self.book is None or self.book.is_deleted:
            self.held = book
            with ui.context.client.content:
                self.book = Book(book)
        elif news:
            self.held = {**self.held, **news}
            self.book.now(self.held)


_SHELVES: WeakKeyDictionary[Desk, _Shelf] = WeakKeyDictionary()
Make = Callable[[Sheet], dict[str, Any]]


def know(desk: Desk, directory: Directory) -> None:
    """The company's names are known already: no form of this desk has to fetch them for a while."""
    shelf = _SHELVES.setdefault(desk, _Shelf())
    shelf.directory, shelf.at = directory, time.monotonic()


def share(sheet: Sheet, load: Load, make: Make | None = None) -> None:
    """Gives the page its book, and keeps it up to date: once the company's names are known, and whenever the document
    names something new."""
    made = make or book_of
    shelf = _SHELVES.setdefault(sheet.desk, _Shelf())
    if shelf.directory is not None:
        sheet.directory = shelf.directory
    shelf.put(made(sheet))

    def tell() -> None:
        with sheet.home:
            shelf.put(made(sheet))

    async def fetch() -> None:
        sheet.directory = await load(sheet.desk.rt, sheet.desk.principal.tenant, sheet.desk.document)
        know(sheet.desk, sheet.directory)
        if sheet.root is not None and not sheet.root.box.is_deleted:
            tell()
            sheet.root.compare()

    sheet.on_any_change(tell)
    if shelf.directory is None or time.monotonic() - shelf.at > FRESH_SECONDS:
        ui.timer(0, fetch, once=True)


def book_of(sheet: Sheet) -> dict[str, Any]:
    """What all fields share, in the page's language."""
    t = sheet.t
    directory = sheet.directory
    return {
        "hints": options(t, sheet.hints),
        "filters": _filters(t),
        "emoji": emoji.table({k: t(f"form.emoji.{k}") for k in ("faces", "hands", "signs", "things")}),
        "words": {
            "variable": t("form.variable"),
            "emoji": t("form.emoji"),
            "search": t("form.search"),
            "remove": t("form.remove_word"),
            "nothing": t("form.nothing"),
        },
        "flows": [
            {"value": f.id, "label": f.name, "path": f.id, "kind": t.known("flowkind", f.kind)}
            for f in directory.flows
        ],
        "secrets": directory.secrets,
        "queues": directory.queues,
        "tags": directory.tags,
        "events": directory.events,
        "nothing": [],
    }


def _filters(t: Texts) -> list[dict[str, str]]:
    found = []
    for f in FILTERS.values():
        value, args, expected = f.example
        call = f.name + (f"({', '.join(_quoted(a) for a in args)})" if args else "")
        said = t.known("form.filter", f.name)
        found.append(
            {
                "path": f.name,
                "insert": call,
                "label": said if said != f.name else f.summary,
                "kind": call,
                "example": f"{shown(value)[:24]} → {expected}",
            }
        )
    return found


def _quoted(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)
