"""Differences as a list to read and as a layer on the canvas."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.editor.faces import as_json, face
from builder_ui.elements.native import node, word
from builder_ui.texts import Texts
from builder_ui.versions.words import Sentence, sentences
from engine.core.edit.diff import Differences, differences
from engine.core.flow import Document

ICONS = {
    "added": "add_circle",
    "removed": "remove_circle",
    "changed": "edit",
    "way": "alt_route",
    "flow": "tune",
}
MOST = 200


def compare(old: Document, new: Document, t: Texts) -> tuple[Differences, list[Sentence]]:
    found = differences(old, new)
    return found, sentences(old, new, found, t)


def draw(desk: Desk, told: list[Sentence]) -> None:
    """The sentences into the current slot; those about a step select it."""
    t = desk.t
    if not told:
        word("p", t("diff.none"), "quiet")
        return
    with node("ul", "diff-list"):
        for sentence in told[:MOST]:
            with node("li", f"diff-line diff-{sentence.kind}"):
                ui.icon(ICONS[sentence.kind]).props("aria-hidden=true")
                if sentence.node:
                    link = node("button", "diff-words", type="button")
                    link.on("click", lambda _, i=sentence.node: desk.select([i]), args=[])
                    with link:
                        word("span", sentence.text)
                else:
                    word("span", sentence.text, "diff-words")
    if len(told) > MOST:
        word("p", t("diff.more", n=len(told) - MOST), "quiet")


def layer(old: Document, found: Differences, told: list[Sentence], t: Texts) -> dict[str, Any]:
    """For `desk.paint("diff", …)`; steps that are gone stand there as ghosts."""
    removed = []
    for change in found.nodes:
        if change.after is None and change.before is not None:
            place = old.layout.get(change.id)
            x, y = (place.x, place.y) if place is not None else (0.0, 0.0)
            removed.append(as_json(face(change.before, t), change.before, x, y))
    changed: dict[str, str] = {}
    for sentence in told:
        if sentence.kind == "changed" and sentence.node:
            changed.setdefault(sentence.node, sentence.text)
    return {
        "added": [c.id for c in found.nodes if c.before is None],
        "removed": removed,
        "changed": changed,
        "edges": {
            "added": [list(e) for e in found.edges_added],
            "removed": [list(e) for e in found.edges_removed],
        },
    }
