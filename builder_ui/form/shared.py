"""What all fields of a form share: variables, filters, emoji and a company's names, once for the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

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


def learn(
    sheet: Sheet, book: Book, load: Load, make: Callable[[Sheet], dict[str, Any]] | None = None
) -> None:
    """Fetch the company's names, then offer them."""

    made = make or book_of

    async def fetch() -> None:
        sheet.directory = await load(sheet.desk.rt, sheet.desk.principal.tenant, sheet.desk.document)
        if book.is_deleted:
            return
        book.now(made(sheet))
        if sheet.root is not None:
            sheet.root.compare()

    def later() -> None:
        now = made(sheet)
        if book.props.get("book") != now:
            book.now(now)

    sheet.on_any_change(later)
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
