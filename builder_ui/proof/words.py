"""What is wrong and what can be done about it, in the person's language."""

from __future__ import annotations

from collections.abc import Mapping

from builder_ui.texts import Texts
from engine.core.check.fixes import Fix
from engine.core.flow import Document
from engine.core.node import Problem


class _Given(dict[str, str]):
    """Names that a problem of another kind of step does not carry leave a gap, not a fault."""

    def __missing__(self, key: str) -> str:
        return "…"


def sentence(t: Texts, problem: Problem) -> str:
    """The problem in one plain sentence; the engine's own English words where the catalogue has none."""
    return _filled(t, "proof.problem", problem) or problem.detail or problem.code


def advice(t: Texts, problem: Problem) -> str:
    """Why it matters and what to do; "" where nothing is known."""
    return _filled(t, "proof.why", problem)


def fix_words(t: Texts, fix: Fix) -> str:
    return t.known("proof.fix", fix.name).format_map(_Given(fix.about))


def title_of(document: Document, ident: str) -> str:
    """The title that people gave to a step, else its id."""
    return titles(document).get(ident, ident)


def titles(document: Document) -> Mapping[str, str]:
    return {str(n.get("id")): str(n.get("label") or n.get("id")) for n in document.nodes}


def _filled(t: Texts, prefix: str, problem: Problem) -> str:
    found = t.known(prefix, problem.code)
    if found == problem.code:
        return ""
    return found.format_map(_Given({k: _shown(t, k, v) for k, v in problem.about}))


def _shown(t: Texts, name: str, value: str) -> str:
    return channel_words(t, value) if name == "channel" else value


def channel_words(t: Texts, kind: str) -> str:
    return t.known("proof.channel", kind)
