"""Which input draws which kind of field: the one list of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from builder_ui.form import (
    cases,
    expression,
    lists,
    mapping,
    media,
    options,
    raw,
    table,
    targets,
    text,
    words,
)
from builder_ui.form.shape import Spec
from builder_ui.form.sheet import Sheet

Draw = Callable[[Sheet, Spec, str], None]


def _nothing(sheet: Sheet, spec: Spec, path: str) -> None:
    """Drawn by a neighbour."""


INPUTS: Mapping[str, Draw] = {
    "word": text.text,
    "line": text.text,
    "area": text.text,
    "name": text.name,
    "names": text.names,
    "number": text.entry,
    "duration": text.entry,
    "choice": text.entry,
    "check": text.entry,
    "words": words.words,
    "options": options.options,
    "cases": cases.cases,
    "assignments": cases.assignments,
    "rule": expression.rule,
    "table": table.table,
    "shares": lists.shares,
    "bubbles": lists.bubbles,
    "texts": lists.texts,
    "media": media.media,
    "attachment": media.attachment,
    "location": media.location,
    "flow": targets.flow,
    "node": targets.step,
    "list_path": targets.list_path,
    "amount": targets.amount,
    "arguments": mapping.arguments,
    "results": mapping.results,
    "erp_args": mapping.erp_args,
    "contact_fields": mapping.contact_fields,
    "mapping": mapping.mapping,
    "json": raw.anything,
    "none": _nothing,
}


def draw(sheet: Sheet, spec: Spec, path: str) -> None:
    """The input of a field, in the current slot."""
    INPUTS[spec.control.partition(":")[0]](sheet, spec, path)
