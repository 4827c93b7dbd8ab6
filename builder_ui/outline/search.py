"""Search over everything in the flow (titles, texts, rules, ids, variables, notes), with jump; also used to choose a
step, where one is wanted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from builder_ui.editor.board import Board
from builder_ui.editor.faces import face
from builder_ui.elements.chooser import Choice, Chooser, fold
from builder_ui.texts import Texts
from engine.core.flow import Document


class Hit(NamedTuple):
    id: str
    icon: str
    title: str
    where: str


def find(document: Document, words: str, t: Texts) -> list[Hit]:
    """Steps and notes in which all words occur, anywhere in their JSON; those with them in the title first."""
    wanted = fold(words).split()
    hits: list[tuple[int, Hit]] = []
    for raw in document.nodes:
        shown = face(raw, t)
        everything = fold(f"{shown.title} {' '.join(shown.lines)} {msgspec.json.encode(raw).decode()}")
        if all(w in everything for w in wanted):
            rank = 0 if all(w in fold(shown.title) for w in wanted) else 1
            hits.append((rank, Hit(shown.id, shown.icon, shown.title, _where(raw, wanted, shown.lines))))
    for note in document.notes:
        if all(w in fold(note.text) for w in wanted):
            hits.append((2, Hit(note.id, "sticky_note_2", note.text[:60], "")))
    hits.sort(key=lambda h: h[0])
    return [h for _, h in hits]


def _where(raw: dict[str, Any], wanted: list[str], lines: tuple[str, ...]) -> str:
    """The text in which it was found, around the place."""
    for text in _texts(raw):
        at = min((fold(text).find(w) for w in wanted if w in fold(text)), default=-1)
        if at >= 0:
            start = max(0, at - 24)
            return ("…" if start else "") + text[start : start + 90]
    return " ".join(lines)[:90]


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case dict():
            return [t for k, v in value.items() if k not in ("id", "type") for t in _texts(v)]
        case list():
            return [t for v in value for t in _texts(v)]
        case _:
            return []


class Search:
    """`on_pick` gets the id of a step; without it the step or note is selected and shown."""

    def __init__(
        self, board: Board, *, title: str = "", on_pick: Callable[[str], Awaitable[object]] | None = None
    ) -> None:
        self._board, self._pick, t = board, on_pick, board.t
        self._chooser = Chooser(
            title or t("search.label"),
            self._sift,
            self._picked,
            nothing=t("search.nothing"),
            count=lambda n: t("search.count", n=n),
        )

    def open(self) -> None:
        self._chooser.open()

    def _sift(self, words: str) -> list[Choice]:
        hits = find(self._board.document, words, self._board.t)
        if self._pick is not None:
            steps = {str(n.get("id")) for n in self._board.document.nodes}
            hits = [h for h in hits if h.id in steps]
        return [Choice(h.id, h.icon, h.title, h.where) for h in hits]

    async def _picked(self, ident: str) -> None:
        if self._pick is None:
            self._board.select([ident], reveal=True)
        else:
            await self._pick(ident)
