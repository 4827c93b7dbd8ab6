"""The catalogues say the same in each language, and pages say nothing that is not in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import builder_ui
from builder_ui.texts import LANGUAGES, catalogue

ROOT = Path(builder_ui.__file__).parent
SOURCES = [p for p in ROOT.rglob("*.py") if "__pycache__" not in p.parts]
SHOWN = {
    "label",
    "notify",
    "menu_item",
    "say",
    "word",
    "press",
    "chip",
    "empty",
    "tooltip",
    "tab",
    "switch",
    "formatted",
}
WORDS = re.compile(r"[A-Za-zÀ-ÿ]{2}")


def calls(path: Path) -> Iterator[ast.Call]:
    return (n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call))


def name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def test_catalogues_have_the_same_keys_and_places() -> None:
    places = {
        language: {key: sorted(re.findall(r"\{(\w+)\}", text)) for key, text in catalogue(language).items()}
        for language in LANGUAGES
    }
    assert places["pt-BR"] == places["en"]
    assert all(text.strip() for language in LANGUAGES for text in catalogue(language).values())


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_key_that_a_page_asks_for_exists(path: Path) -> None:
    asked = [
        call.args[0].value
        for call in calls(path)
        if name(call) in ("t", "_t") and call.args and isinstance(call.args[0], ast.Constant)
    ]
    missing = [key for key in asked if key not in catalogue("pt-BR")]
    assert missing == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_page_shows_words_of_its_own(path: Path) -> None:
    spoken = []
    for call in calls(path):
        if name(call) not in SHOWN:
            continue
        place = 1 if name(call) == "word" else 0
        text = call.args[place] if len(call.args) > place else None
        if isinstance(text, ast.Constant) and WORDS.search(str(text.value)) and text.value != "Trama":
            if name(call) == "empty":
                text = call.args[1] if len(call.args) > 1 else None
                if not isinstance(text, ast.Constant):
                    continue
            spoken.append(f"{path.name}:{call.lineno}: {text.value}")
    assert spoken == []
