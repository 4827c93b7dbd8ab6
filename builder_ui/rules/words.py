"""Fields and rules by the names that people gave them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from builder_ui.rules.speech import speak
from builder_ui.texts import Texts
from engine.core.filters import FILTERS, grouped, shown
from engine.core.logic import RuleError
from engine.core.logic.gaps import OTHER, Finding
from engine.core.logic.reading import Lang
from engine.services.hints import Hint

_LONGEST = 400


def lang(t: Texts) -> Lang:
    return "en" if t.language == "en" else "pt-BR"


def name_of(t: Texts, hint: Hint) -> str:
    """The author's words for a field, else the catalogue's, else its own name with spaces."""
    if hint.label:
        return hint.label
    said = t.known("rules.hint", hint.path)
    if said != hint.path:
        return said
    head, _, last = hint.path.rpartition(".")
    known = t.known("rules.member", last)
    if not head:
        return hint.path.replace("_", " ")
    member = known if known != last else last.replace("_", " ")
    return f"{member} ({head.replace('_', ' ').replace('contact.fields', t('rules.group.contact'))})"


def labels(t: Texts, hints: Iterable[Hint]) -> Mapping[str, str]:
    """Names by dotted path, as `reading` and `explain` want them."""
    return {h.path: name_of(t, h) for h in hints}


def in_words(rule: Any, t: Texts, hints: Iterable[Hint]) -> str:
    """The rule read out, or why it cannot be."""
    if rule in ({"and": []}, {"or": []}):
        return t("rules.empty")
    try:
        known = list(hints)
        said = speak(rule, lang(t), labels(t, known), {h.path: h.type for h in known})
    except RuleError as fault:
        return t("rules.unreadable", detail=fault.detail)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def finding_words(t: Texts, finding: Finding, hints: Iterable[Hint]) -> str:
    """A hole or overlap of cases as a sentence with its counter-example."""
    by_path = {h.path: h for h in hints}
    parts = []
    for path, value in finding.input.items():
        hint = by_path.get(path)
        name = name_of(t, hint) if hint is not None else path
        kind = hint.type if hint is not None else ""
        said = t("rules.finding.other") if value == OTHER else _said(value, kind, t)
        parts.append(f"{name} = {said}")
    names = [f"“{n}”" for n in finding.names]
    return t(
        f"rules.finding.{finding.kind}",
        input=", ".join(parts),
        first=names[0] if names else "",
        rest=", ".join(names[1:]),
    )


def _said(value: Any, kind: str, t: Texts) -> str:
    if kind == "money" and isinstance(value, int):
        return f"R$ {grouped(value / 100, 2)}"
    if value in ("", None, []):
        return t("rules.finding.empty")
    if kind in ("date", "datetime", "cpf", "cnpj", "phone"):
        return shown(FILTERS["date" if kind == "datetime" else kind].apply(value, "America/Sao_Paulo"))
    return shown(value)


def options(t: Texts, hints: Iterable[Hint]) -> list[dict[str, Any]]:
    """The hints as pickers and completion want them, in groups."""
    order = ("flow", "erp", "contact", "conversation", "message", "event", "system")
    found = [
        {
            "path": h.path,
            "label": name_of(t, h),
            "kind": t.known("rules.type", h.type),
            "group": t(f"rules.group.{h.group}"),
            "example": "" if h.example in (None, {}, [], "") else _said(h.example, h.type, t)[:40],
            "at": order.index(h.group),
        }
        for h in hints
    ]
    return sorted(found, key=_place)


def _place(option: dict[str, Any]) -> int:
    place: int = option["at"]
    return place
