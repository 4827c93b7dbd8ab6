"""What is wrong and what can be done about it, in the person's language and with the names that steps show."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import msgspec

from builder_ui.editor.faces import exit_label, face
from builder_ui.rules.words import labels
from builder_ui.texts import Texts
from engine.core.check.fixes import Fix
from engine.core.flow import Document
from engine.core.logic.gaps import OTHER
from engine.core.node import Problem
from engine.services.hints import hints


class Names:
    """The titles of a document's steps and the labels of their exits, as the canvas shows them."""

    def __init__(self, document: Document, t: Texts) -> None:
        self._t, self._document = t, document
        self._raw = {str(n.get("id")): n for n in document.nodes}

    def __contains__(self, ident: str) -> bool:
        return ident in self._raw

    def step(self, ident: str) -> str:
        raw = self._raw.get(ident)
        return face(raw, self._t).title if raw is not None else ident

    def exit(self, ident: str, name: str) -> str:
        raw = self._raw.get(ident)
        exits = face(raw, self._t).exits if raw is not None else ()
        return next((e.label for e in exits if e.name == name), exit_label(name, self._t))

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Names of fields by their dotted path."""
        return labels(self._t, hints(self._document))

    def dotted(self, dotted: str) -> str:
        """`menu.other` as `Menu → Outra coisa`."""
        ident, _, name = dotted.partition(".")
        return f"{self.step(ident)} → {self.exit(ident, name)}"


class _Given(dict[str, str]):
    """Names that a problem of another kind of step does not carry leave a gap, not a fault."""

    def __missing__(self, key: str) -> str:
        return "…"


def sentence(t: Texts, problem: Problem, names: Names) -> str:
    """The problem in one plain sentence; the engine's own English words where the catalogue has none."""
    return _filled(t, "proof.problem", problem, names) or problem.detail or problem.code


def advice(t: Texts, problem: Problem, names: Names) -> str:
    """Why it matters and what to do; "" where nothing is known."""
    return _filled(t, "proof.why", problem, names)


def fix_words(t: Texts, fix: Fix, node: str, names: Names) -> str:
    """What a fix of a problem at `node` does."""
    about = {k: _shown(t, k, v, node, names) for k, v in fix.about}
    return t.known("proof.fix", fix.name).format_map(_Given(about))


def _filled(t: Texts, prefix: str, problem: Problem, names: Names) -> str:
    found = t.known(prefix, problem.code)
    if found == problem.code:
        return ""
    return found.format_map(_Given({k: _shown(t, k, v, problem.node, names) for k, v in problem.about}))


def _shown(t: Texts, name: str, value: str, node: str, names: Names) -> str:
    match name:
        case "channel":
            return channel_words(t, value)
        case "exit":
            return names.exit(node, value)
        case "to" | "node":
            return names.step(value)
        case "way":
            return " → ".join(names.step(ident) for ident in value.split(" → "))
        case "input":
            return _input(t, msgspec.json.decode(value, type=dict[str, Any]), names)
    return value


def _input(t: Texts, given: dict[str, Any], names: Names) -> str:
    """Values of fields as a person says them: `dias em atraso = 31 e plano vazio`."""
    parts = []
    for path, found in given.items():
        field = names.labels.get(path, path)
        match found:
            case True:
                parts.append(t("proof.given.true", field=field))
            case False:
                parts.append(t("proof.given.false", field=field))
            case None | "" | []:
                parts.append(t("proof.given.empty", field=field))
            case str() if found == OTHER:
                parts.append(t("proof.given.other", field=field))
            case _:
                said = found if isinstance(found, str) else msgspec.json.encode(found).decode()
                parts.append(t("proof.given.value", field=field, value=said))
    return ", ".join(parts) or t("proof.given.nothing")


def channel_words(t: Texts, kind: str) -> str:
    return t.known("proof.channel", kind)
