"""The marks that problems leave on their steps, on the canvas and in the outline."""

from __future__ import annotations

from collections.abc import Sequence

from builder_ui.proof.words import Names, sentence
from builder_ui.texts import Texts
from engine.core.flow import Document
from engine.core.node import Problem

Marks = dict[str, tuple[int, int, str]]


def marks(document: Document, problems: Sequence[Problem], t: Texts) -> Marks:
    """Step id to its errors, its warnings, and the first of them as a sentence."""
    names = Names(document, t)
    found: Marks = {}
    for problem in problems:
        if problem.node and problem.severity != "info":
            errors, warnings, first = found.get(problem.node, (0, 0, ""))
            error = problem.severity == "error"
            found[problem.node] = (
                errors + error,
                warnings + (not error),
                first or sentence(t, problem, names),
            )
    return found
