"""The difference between two versions of a flow in sentences that people who do not read JSON understand: who now
hears what, where ways lead, which settings are others."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from builder_ui.editor.faces import exit_label, face, rule, words
from builder_ui.texts import Texts
from engine.core.edit.diff import Changed, Differences, NodeChange
from engine.core.errors import TramaError
from engine.core.flow import Document, Edge
from engine.core.node import Node
from engine.nodes import open_node, registry

Kind = Literal["added", "removed", "changed", "way", "flow"]
LONGEST = 90


class Sentence(NamedTuple):
    """`node` is the step that it is about, "" for the flow."""

    kind: Kind
    text: str
    node: str = ""


class Sides:
    """Two documents with the names that their steps and exits show."""

    def __init__(self, old: Document, new: Document, t: Texts) -> None:
        self.t = t
        self._old, self._new = _raw(old), _raw(new)
        self._edges = {(e.source, e.exit): e.target for e in new.edges}
        self._before = {(e.source, e.exit): e.target for e in old.edges}

    def step(self, ident: str) -> str:
        raw = self._new.get(ident) or self._old.get(ident)
        return face(raw, self.t).title if raw is not None else ident

    def exit(self, ident: str, name: str) -> str:
        """The exit as a condition: "quando dias em atraso é maior que 5", or its label."""
        raw = self._new.get(ident) or self._old.get(ident) or {}
        for case in raw.get("cases", ()) if isinstance(raw.get("cases"), list) else ():
            if isinstance(case, dict) and case.get("exit") == name and "when" in case:
                return self.t("diff.when", rule=rule(case["when"], self.t))
        shown = next((e.label for e in face(raw, self.t).exits if e.name == name), None) if raw else None
        return self.t("diff.exit", step=self.step(ident), exit=shown or exit_label(name, self.t))

    def into(self, ident: str) -> list[Edge]:
        return [Edge(s, x, t) for (s, x), t in self._edges.items() if t == ident]

    def before(self, source: str, exit_name: str) -> str | None:
        return self._before.get((source, exit_name))


def sentences(old: Document, new: Document, found: Differences, t: Texts) -> list[Sentence]:
    """Added steps first, then changed ones, ways, removed steps and what belongs to the whole flow."""
    sides = Sides(old, new, t)
    told: list[Sentence] = []
    added = {c.id for c in found.nodes if c.before is None}
    removed = {c.id for c in found.nodes if c.after is None}
    told += [_added(c, sides) for c in found.nodes if c.before is None]
    for change in found.nodes:
        if change.before is not None and change.after is not None:
            told += _changed(change, sides)
    for source, exit_name, target in found.edges_added:
        # a new step's ways were told with it, or are where everybody goes on
        if source not in added and target not in added:
            was = sides.before(source, exit_name)
            key = "diff.leads-instead" if was and was not in removed else "diff.leads"
            told.append(
                Sentence(
                    "way",
                    t(
                        key,
                        way=sides.exit(source, exit_name),
                        to=sides.step(target),
                        was=sides.step(was or ""),
                    ),
                    source,
                )
            )
    gone = {(s, x) for s, x, _ in found.edges_added}
    for source, exit_name, _ in found.edges_removed:
        if (source, exit_name) not in gone and source not in removed:
            told.append(Sentence("way", t("diff.nowhere", way=sides.exit(source, exit_name)), source))
    told += [Sentence("removed", t("diff.removed", step=sides.step(i)), i) for i in sorted(removed)]
    told += [_flow(change, t) for change in found.flow]
    return told


def _added(change: NodeChange, sides: Sides) -> Sentence:
    t, raw = sides.t, change.after or {}
    cls = registry().get(str(raw.get("type")))
    kind = cls.palette.title[t.language] if cls is not None else str(raw.get("type"))
    said = _said(raw)
    ways = [sides.exit(e.source, e.exit) for e in sides.into(change.id)][:3]
    if said and ways:
        return Sentence("added", t("diff.says", ways=_list(ways, t), said=said), change.id)
    if ways:
        text = t("diff.added-behind", step=sides.step(change.id), kind=kind, ways=_list(ways, t))
        return Sentence("added", text, change.id)
    return Sentence("added", t("diff.added", step=sides.step(change.id), kind=kind), change.id)


def _changed(change: NodeChange, sides: Sides) -> list[Sentence]:
    t, step = sides.t, sides.step(change.id)
    told = []
    for setting in change.settings:
        name = setting.path.strip("/")
        if name == "cases":
            told += _cases(change.id, setting, step, t)
            continue
        if name == "label":
            was = (change.before or {}).get("label") or change.id
            told.append(Sentence("changed", t("diff.renamed", was=was, now=step), change.id))
            continue
        label = field_label(str((change.after or {}).get("type")), name, t)
        before, after = (_value(v, t) for v in (setting.before, setting.after))
        if before is not None and after is not None:
            text = t("diff.setting", step=step, field=label, before=before, after=after)
        else:
            text = t("diff.setting-other", step=step, field=label)
        told.append(Sentence("changed", text, change.id))
    if not told:
        told.append(Sentence("changed", t("diff.kind", step=step), change.id))
    return told


def _cases(ident: str, setting: Changed, step: str, t: Texts) -> list[Sentence]:
    before, after = (_by_exit(v) for v in (setting.before, setting.after))
    told = []
    for name, case in after.items():
        reading = rule(case.get("when"), t)
        if name not in before:
            told.append(Sentence("changed", t("diff.case-added", step=step, rule=reading), ident))
        elif before[name].get("when") != case.get("when"):
            was = rule(before[name].get("when"), t)
            told.append(Sentence("changed", t("diff.case-changed", step=step, rule=reading, was=was), ident))
    for name, case in before.items():
        if name not in after:
            text = t("diff.case-removed", step=step, rule=rule(case.get("when"), t))
            told.append(Sentence("changed", text, ident))
    if not told:
        told.append(Sentence("changed", t("diff.cases-order", step=step), ident))
    return told


def _by_exit(value: list[Any]) -> dict[str, dict[str, Any]]:
    cases = value[0] if value and isinstance(value[0], list) else []
    return {str(c.get("exit")): c for c in cases if isinstance(c, dict)}


def _flow(change: Changed, t: Texts) -> Sentence:
    name = change.path.strip("/")
    what = t.known("flowpart", name)
    before, after = (_value(v, t) for v in (change.before, change.after))
    if name in ("name", "description", "kind", "language") and before is not None and after is not None:
        return Sentence("flow", t("diff.flow-setting", what=what, before=before, after=after))
    return Sentence("flow", t("diff.flow", what=what))


def field_label(kind: str, name: str, t: Texts) -> str:
    """The form's label of a setting."""
    own = t.known(f"field.{kind}", name)
    return own if own != name else t.known("field", name)


def _said(raw: dict[str, Any]) -> str:
    """What a step says to the person, shortened."""
    try:
        node = open_node(raw)
    except TramaError:
        return ""
    if isinstance(node, Node) and node.speaks():
        return _short(words(getattr(node, "text", "")))
    return ""


def _value(value: list[Any], t: Texts) -> str | None:
    """A plain value in words; None for what is not one."""
    match value:
        case []:
            return t("diff.empty")
        case [bool(v)]:
            return t("diff.yes") if v else t("diff.no")
        case [None] | [""]:
            return t("diff.empty")
        case [int(v) | float(v)]:
            return str(v)
        case [str(v)]:
            return f"“{_short(v)}”"
        case [dict(v)] if "default" in v:
            return f"“{_short(words(v))}”"
        case [list(v)] if len(v) <= 6 and all(isinstance(x, str) for x in v):
            return ", ".join(v) or t("diff.empty")
        case [list(v)] if all(isinstance(x, dict) and "title" in x for x in v):
            return _short(" · ".join(str(x["title"]) for x in v)) or t("diff.empty")
        case [v]:
            text = msgspec.json.encode(v).decode()
            return text if len(text) <= LONGEST else None
    return None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def _list(items: list[str], t: Texts) -> str:
    return items[0] if len(items) == 1 else t("diff.or").join(items)


def _raw(document: Document) -> dict[str, dict[str, Any]]:
    return {str(n.get("id")): n for n in document.nodes}
