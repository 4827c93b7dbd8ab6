"""A turn of a test as it went: what was given, what was expected and what came, side by side."""

from __future__ import annotations

from typing import Any

import msgspec

from builder_ui.elements.native import node, word
from builder_ui.simulator.reasons import value
from builder_ui.texts import Texts
from engine.core.flow import TestTurn
from engine.core.replay import INPUTS
from engine.core.verdicts import Difference, Played


def draw_turn(played: Played, t: Texts) -> None:
    """Into the current slot."""
    wrong = "wrong" if played.differences else "right"
    with node("div", f"test-turn {wrong}"):
        with node("div", "test-turn-head"):
            word("span", t("proof.tests.turn", n=played.number), "test-turn-number")
            word("span", input_words(played.turn, t), "test-turn-input")
        if not played.differences:
            for line in played.said:
                word("div", line, "test-said")
        for one in played.differences:
            _difference(one, t)
        if played.error:
            word("div", played.error, "visit-error")


def input_words(turn: TestTurn, t: Texts) -> str:
    """What was given, in words."""
    for kind in INPUTS:
        given = getattr(turn, kind)
        if given is not None:
            return t(f"proof.tests.input.{kind}", said=_short(kind, given))
    return t("proof.tests.input.none")


def _short(kind: str, given: Any) -> str:
    match kind, given:
        case _, str():
            return given
        case "event", {"name": name}:
            return str(name)
        case "media", {"kind": name}:
            return str(name)
        case "answer", {"error": error}:
            return str(error)
        case "answer", {"value": found}:
            return value(found)[:120]
    return value(given)[:120]


def _difference(one: Difference, t: Texts) -> None:
    title = (
        t("proof.tests.kind.vars", name=one.name) if one.kind == "vars" else t(f"proof.tests.kind.{one.kind}")
    )
    with node("div", "test-diff"):
        word("div", title, "test-diff-kind")
        if one.kind == "input":
            word("div", t("proof.tests.no_input", code=one.got), "visit-error")
            return
        expected, got = _lines(one.expected), _lines(one.got)
        with node("div", "test-sides"):
            _side(t("proof.tests.expected"), expected, got, "missing", t)
            _side(t("proof.tests.got"), got, expected, "extra", t)


def _side(title: str, lines: list[str], other: list[str], mark: str, t: Texts) -> None:
    with node("div", "test-side"):
        word("div", title, "test-side-title")
        if not lines:
            word("div", t("proof.tests.nothing"), "quiet")
        for line in lines:
            same = any(_alike(line, o) for o in other)
            word("ins" if not same and mark == "extra" else "del" if not same else "div", line, "test-line")


def _alike(a: str, b: str) -> bool:
    return a == b or (a.startswith("~") and a[1:] in b) or (b.startswith("~") and b[1:] in a)


def _lines(found: Any) -> list[str]:
    if found is None:
        return []
    if isinstance(found, list) and all(isinstance(i, str) for i in found):
        return found
    return [found if isinstance(found, str) else msgspec.json.encode(found).decode()]
