"""The picture of a flow: its steps as boxes in the colours of their groups, as an SVG without any text."""

from __future__ import annotations

from builder_ui.editor.space import COLUMN, GRID_ROW
from engine.core.flow import Document
from engine.nodes import registry

WIDTH, HEIGHT = 320.0, 150.0
BOX = (230.0, 90.0)
COLOURS = {
    "talk": "#2563eb", "ask": "#0e7490", "decide": "#a16207", "think": "#7c3aed", "do": "#15803d",
    "wait": "#64748b", "people": "#be185d", "shape": "#57534e",
}  # fmt: skip


def picture(document: Document) -> str:
    places = {str(n.get("id")): document.layout.get(str(n.get("id"))) for n in document.nodes}
    spots = {
        ident: (p.x, p.y) if p is not None else (n % 6 * COLUMN, n // 6 * GRID_ROW)
        for n, (ident, p) in enumerate(places.items())
    }
    if not spots:
        return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}"/>'
    left, top = min(x for x, _ in spots.values()), min(y for _, y in spots.values())
    right = max(x for x, _ in spots.values()) + BOX[0]
    bottom = max(y for _, y in spots.values()) + BOX[1]
    scale = min((WIDTH - 24) / (right - left), (HEIGHT - 24) / (bottom - top), 0.4)
    dx = (WIDTH - (right - left) * scale) / 2 - left * scale
    dy = (HEIGHT - (bottom - top) * scale) / 2 - top * scale
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}">']
    width, height = BOX[0] * scale, BOX[1] * scale
    for edge in document.edges:
        if edge.source in spots and edge.target in spots:
            (ax, ay), (bx, by) = spots[edge.source], spots[edge.target]
            x1, y1 = ax * scale + dx + width, ay * scale + dy + height / 2
            x2, y2 = bx * scale + dx, by * scale + dy + height / 2
            bend = max(abs(x2 - x1) / 2, 8.0)
            parts.append(
                f'<path d="M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}" '
                'fill="none" stroke="#94a3b8" stroke-width="1"/>'
            )
    kinds = {str(n.get("id")): str(n.get("type")) for n in document.nodes}
    for ident, (x, y) in spots.items():
        cls = registry().get(kinds[ident])
        colour = COLOURS[cls.palette.group] if cls is not None else "#991b1b"
        parts.append(
            f'<rect x="{x * scale + dx:.1f}" y="{y * scale + dy:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'rx="{min(3.0, height / 4):.1f}" fill="{colour}"/>'
        )
    parts.append("</svg>")
    return "".join(parts)
