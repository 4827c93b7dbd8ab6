"""The frame of a field: label on top, the input, what helps below it, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from nicegui.element import Element

from builder_ui.elements.native import node, word
from builder_ui.form.elements import _Input
from builder_ui.form.faults import Fault
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet
from builder_ui.proof.words import Names, sentence
from builder_ui.texts import Texts
from engine.core.node import Problem

_SERIAL = count(1)
SHOWN = 3
"""Complaints below a field at a time."""


def label_of(t: Texts, owner: str, name: str) -> str:
    """`field.<owner>.<name>`, or what all fields of that name are called."""
    key = f"{owner}.{name}"
    said = t.known("field", key)
    return t.known("field", name) if said == key else said


def help_of(t: Texts, owner: str, name: str) -> str:
    """What helps with this field; empty where nothing needs saying."""
    for key in (f"{owner}.{name}", name):
        said = t.known("form.help", key)
        if said != key:
            return said
    return ""


def complaint(sheet: Sheet, problem: Problem) -> str:
    """A problem as the list of problems says it."""
    return sentence(sheet.t, problem, Names(sheet.desk.document, sheet.t))


class Frame:
    """The place of one field; `input` goes into its slot."""

    def __init__(self, sheet: Sheet, path: str, *, below: bool) -> None:
        self.sheet = sheet
        self.path = path
        self.below = below
        self.ids = f"tf-{next(_SERIAL)}"
        self.input: _Input | None = None
        self.fault: Callable[[], Fault | None] | None = None
        self.refused = False
        self._wrong: Element | None = None
        self._said: tuple[tuple[str, str], ...] | None = None

    def hold(self, made: _Input) -> _Input:
        self.input = made
        return made

    def settle(self, done: bool) -> None:
        """Whether the last edit reached the document."""
        self.refused = not done
        self.complain()

    def complain(self) -> None:
        """Says what is wrong, where that changed."""
        t = self.sheet.t
        said: list[tuple[str, str]] = []
        if self.refused:
            said.append(("error", t("form.refused")))
        fault = self.fault() if self.fault is not None else None
        if fault is not None:
            said.append(("error", t(f"form.fault.{fault.code}", **fault.values)))
        for problem in self.sheet.problems(self.path, below=self.below):
            # what the field says of itself is not said again in other words
            if fault is None or problem.code not in ("flow:bad-node", "text:empty"):
                said.append((problem.severity, complaint(self.sheet, problem)))
        found = tuple(dict.fromkeys(said))[:SHOWN]
        if found == self._said or self._wrong is None:
            return
        self._said = found
        self._wrong.clear()
        with self._wrong:
            for severity, text in found:
                word("div", text, f"tf-wrong is-{severity}")
        if self.input is not None:
            self.input.blame(invalid=any(severity == "error" for severity, _ in found))

    def foot(self, help_text: str) -> None:
        if help_text:
            word("div", help_text, "tf-help", id=f"{self.ids}-help")
        self._wrong = node("div", "tf-wrongs", role="status")
        self.sheet.watch_problems(self.complain)
        self.sheet.watch(self.complain)
        self.complain()


@contextmanager
def frame(
    sheet: Sheet,
    path: str,
    label: str,
    *,
    help_text: str = "",
    required: bool = False,
    below: bool = False,
    fault: Callable[[], Fault | None] | None = None,
    group: bool = False,
    plain: bool = False,
) -> Iterator[Frame]:
    """Draws the frame around what is drawn inside. `group` for several inputs under one label, `plain` for an input
    that brings its own label."""
    made = Frame(sheet, path, below=below)
    made.fault = fault
    if group:
        box = node("div", "tf-field", role="group", aria_labelledby=f"{made.ids}-label", data_path=path)
    else:
        box = node("div", "tf-field", data_path=path)
    with box:
        if not plain:
            with node("div", "tf-label-row"):
                attributes: dict[str, Any] = {"id": f"{made.ids}-label"}
                if not group:
                    attributes["for_"] = made.ids
                with node("div" if group else "label", "tf-label", **attributes):
                    word("span", label)
                    if required:
                        word("span", sheet.t("form.required"), "tf-needed")
        yield made
        made.foot(help_text)


def described(made: Frame, help_text: str) -> str:
    return f"{made.ids}-help" if help_text else ""


@contextmanager
def framed(
    sheet: Sheet, spec: Spec, path: str, *, group: bool = False, plain: bool = False
) -> Iterator[Frame]:
    """The frame of a field of the schema."""
    from builder_ui.form.faults import fault

    def judge() -> Fault | None:
        return fault(spec.schema, sheet.read(path), required=spec.required)

    with frame(
        sheet,
        path,
        label_of(sheet.t, spec.owner, spec.name),
        help_text=help_of(sheet.t, spec.owner, spec.name),
        required=spec.required,
        below=False,
        fault=judge,
        group=group,
        plain=plain,
    ) as made:
        yield made
