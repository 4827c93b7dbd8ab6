"""Cells of a decision table as people write them: `> 30`, `10..20`, `vip`, `a, b`, empty for any.

`read_cell` and `cell_text` are each other's inverse for what they know; any other cell is shown as JSON, and JSON that
is typed is kept as it is.
"""

from __future__ import annotations

import json
import re
from typing import Any

VALUE = {"var": "value"}
_SIGNS = {">=": ">=", "<=": "<=", "!=": "!=", "<>": "!=", ">": ">", "<": "<", "=": "=="}
_COMPARED = re.compile(r"^(>=|<=|!=|<>|>|<|=)\s*(.+)$", re.S)
_RANGE = re.compile(r"^(-?\d+(?:[.,]\d+)?)\s*(?:\.\.|…|–)\s*(-?\d+(?:[.,]\d+)?)$")


def read_cell(said: str) -> Any:
    """The cell that the words mean."""
    text = said.strip()
    if not text:
        return None
    if text[0] in '{["':
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    if found := _COMPARED.match(text):
        return {_SIGNS[found[1]]: [VALUE, _plain(found[2].strip())]}
    if found := _RANGE.match(text):
        return {"<=": [_plain(found[1]), VALUE, _plain(found[2])]}
    if "," in text and not re.fullmatch(r"-?\d+,\d+", text):
        return {"in": [VALUE, [_plain(part.strip()) for part in text.split(",") if part.strip()]]}
    return _plain(text)


def cell_text(cell: Any) -> str:
    """How a cell is written; what has no short form is JSON."""
    short = _short(cell)
    return short if short is not None and _kept(short, cell) else json.dumps(cell, ensure_ascii=False)


def _kept(text: str, cell: Any) -> bool:
    return json.dumps(read_cell(text)) == json.dumps(cell)


def _short(cell: Any) -> str | None:
    match cell:
        case None:
            return ""
        case {"<=": [low, {"var": "value"}, high]}:
            return f"{_said(low)}..{_said(high)}"
        case {"in": [{"var": "value"}, list(items)]}:
            return ", ".join(_said(i) for i in items)
        case {">": [{"var": "value"}, x]}:
            return f"> {_said(x)}"
        case {"<": [{"var": "value"}, x]}:
            return f"< {_said(x)}"
        case {">=": [{"var": "value"}, x]}:
            return f">= {_said(x)}"
        case {"<=": [{"var": "value"}, x]}:
            return f"<= {_said(x)}"
        case {"!=": [{"var": "value"}, x]}:
            return f"!= {_said(x)}"
        case {"==": [{"var": "value"}, x]}:
            return f"= {_said(x)}"
        case dict() | list():
            return None
    return _said(cell)


def _plain(text: str) -> Any:
    match text:
        case "sim" | "true":
            return True
        case "não" | "false":
            return False
    if re.fullmatch(r"-?(0|[1-9]\d{0,30})", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"-?(0|[1-9]\d{0,30})([.,]\d{1,30})?([eE][+-]?\d{1,3})?", text, re.ASCII):
        return float(text.replace(",", "."))
    return text


def _said(value: Any) -> str:
    match value:
        case True:
            return "sim"
        case False:
            return "não"
        case float():
            return str(value).replace(".", ",")
    return str(value)
