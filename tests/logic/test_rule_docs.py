"""`docs/rules.md` is what the operators say of themselves (rewrite it with --update)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.core.logic import OPERATORS, check, compile_rule, explain
from engine.core.logic.handbook import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def test_page_is_current(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
    assert set(re.findall(r"^#### `(\S+?)`", page(), re.MULTILINE)) == {
        each.name for each in OPERATORS.values()
    }


def test_the_example_of_the_page() -> None:
    block = page().split("```python\n")[1].split("```")[0]
    found: dict[str, object] = {}
    exec(block.replace("print(", "shown = ("), found)
    comments = [line.removeprefix("# ") for line in block.splitlines() if line.startswith("#")]
    assert str(found["shown"]).splitlines() == comments
    rule = found["rule"]
    data = {"invoice": {"days": 12}}
    assert check(rule) == []  # type: ignore[arg-type]
    assert compile_rule(rule)(data) is False  # type: ignore[arg-type]
    assert explain(rule, data).result is False  # type: ignore[arg-type]
