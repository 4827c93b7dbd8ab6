"""Where steps stand that nobody placed, and where a new one finds room."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder_ui.editor.space import GAP, WIDTH, Box, boxes, free
from builder_ui.texts import Texts
from engine.nodes import open_document

FLOWS = sorted((Path(__file__).resolve().parents[2] / "flows").glob("*.json"))
SPOTS = st.tuples(st.integers(-900, 900), st.integers(-900, 900), st.integers(40, 400))


def crosses(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("path", FLOWS, ids=lambda p: p.stem)
def test_no_steps_of_a_ready_made_flow_overlap(path: Path) -> None:
    placed = open_document(path.read_bytes())
    assert set(placed.layout) == {str(n["id"]) for n in placed.nodes}
    for document in (placed, open_document({**_plain(path), "layout": {}})):
        found = boxes(document, Texts("pt-BR"))
        assert [(a, b) for n, a in enumerate(found) for b in found[n + 1 :] if crosses(a, b)] == []


def _plain(path: Path) -> dict[str, object]:
    read: dict[str, object] = msgspec.json.decode(path.read_bytes())
    return {**read, "notes": []}


@given(st.lists(SPOTS, max_size=12), SPOTS)
def test_a_new_step_finds_room_at_or_below_where_it_was_wanted(
    spots: list[tuple[int, int, int]], wanted: tuple[int, int, int]
) -> None:
    taken: list[Box] = [(x, y, x + WIDTH, y + tall) for x, y, tall in spots]
    x, y, tall = wanted
    found = free(taken, x, y, tall)
    assert found >= y
    assert not any(crosses((x, found, x + WIDTH, found + tall), box) for box in taken)
    if found > y:
        assert found - GAP in {bottom for *_, bottom in taken}
