"""How much room steps take on the canvas, and where a new one finds some. The rule of heights is the canvas's own
(`canvas/front/src/model/geometry.js`): nothing is measured in the browser."""

from __future__ import annotations

from builder_ui.editor.faces import LINES, Face, face
from builder_ui.texts import Texts
from engine.core.flow import Document

WIDTH, HEAD, LINE, EXIT = 240.0, 40.0, 18.0, 24.0
COLUMN, GAP = 300.0, 40.0
GRID_ROW = 320.0
"""Between rows of steps that nobody placed: room for three lines and nine exits."""

Box = tuple[float, float, float, float]


def height(shown: Face) -> float:
    lines = min(len(shown.lines), LINES)
    plain = not shown.exits or (len(shown.exits) == 1 and shown.exits[0].kind == "normal")
    return HEAD + (lines * LINE + 8 if lines else 0) + (0 if plain else len(shown.exits) * EXIT + 6)


def spot(document: Document, ident: str, index: int) -> tuple[float, float]:
    """A step that nobody placed stands in a grid, in the order of the document."""
    place = document.layout.get(ident)
    if place is None:
        return index % 6 * COLUMN, index // 6 * GRID_ROW
    return place.x, place.y


def boxes(document: Document, t: Texts) -> list[Box]:
    """Left, top, right and bottom of all steps and notes."""
    connected: dict[str, list[str]] = {}
    for edge in document.edges:
        connected.setdefault(edge.source, []).append(edge.exit)
    found: list[Box] = [(n.x, n.y, n.x + n.width, n.y + n.height) for n in document.notes]
    for index, raw in enumerate(document.nodes):
        ident = str(raw.get("id"))
        x, y = spot(document, ident, index)
        found.append((x, y, x + WIDTH, y + height(face(raw, t, connected.get(ident, ())))))
    return found


def free(taken: list[Box], x: float, y: float, tall: float) -> float:
    """The first height at or below `y` at which a step has room in the column at `x`."""
    column = sorted((top, bottom) for left, top, right, bottom in taken if left < x + WIDTH and right > x)
    for top, bottom in column:
        if bottom <= y:
            continue
        if top >= y + tall:
            break
        y = bottom + GAP
    return y
