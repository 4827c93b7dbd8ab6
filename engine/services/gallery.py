"""The ready-made flows as templates: what each is for, how it looks, how a conversation in it goes, and whether its
tests are green."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.nodes import open_document, open_flow
from engine.services.flow_checks import Checker, TestRun

FOLDER = Path(__file__).resolve().parents[2] / "flows"


class Line(msgspec.Struct, frozen=True):
    """A bubble of a sample conversation."""

    out: bool
    text: str


class Template(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    kind: str
    description: str
    steps: int
    tests: int
    calls: list[str]
    """Other templates that it calls: they are brought in with it where they are missing."""


@lru_cache(maxsize=1)
def documents() -> dict[str, Document]:
    return {d.id: d for d in (open_document(p.read_bytes()) for p in sorted(FOLDER.glob("*.json")))}


def document(ident: str) -> Document:
    """Raises `template:unknown`."""
    found = documents().get(ident)
    if found is None:
        raise TramaError("template:unknown", f"there is no template {ident}", path="/template")
    return found


def templates() -> list[Template]:
    return [
        Template(
            id=d.id,
            name=d.name,
            kind=d.kind,
            description=d.description,
            steps=len(d.nodes),
            tests=len(d.tests),
            calls=called(d),
        )
        for d in documents().values()
    ]


def called(start: Document) -> list[str]:
    """The templates that one needs, also by way of others, in alphabetical order."""
    found: set[str] = set()
    open_ = [start]
    while open_:
        for node in open_flow(open_.pop()).nodes.values():
            for ident in node.flows():
                if ident in documents() and ident != start.id and ident not in found:
                    found.add(ident)
                    open_.append(documents()[ident])
    return sorted(found)


def test(ident: str) -> TestRun:
    """Run the template's tests."""
    return Checker(list(documents().values())).run_tests(document(ident))


def sample(ident: str) -> list[Line]:
    """The conversation of its first test in which people speak."""
    told: list[Line] = []
    for verdict in Checker(list(documents().values())).each_test(document(ident), [0]):
        for played in verdict.turns:
            said = played.turn.text or played.turn.button
            if said:
                told.append(Line(False, said))
            told.extend(Line(True, text) for text in played.said)
    return told
