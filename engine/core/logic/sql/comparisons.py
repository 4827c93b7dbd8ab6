"""Comparisons in SQL with the meaning they have in Python: conversion, null as 0, no order between strangers."""

from __future__ import annotations

import json
import math
import re
from datetime import date
from decimal import Decimal

from engine.core.logic.operators import OPERATORS
from engine.core.logic.sql.columns import Column, Inexact, Params
from engine.core.logic.sql.operands import Field, Known
from engine.core.logic.values import Json, parse_number

_SQL = {"==": "=", "===": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_BLANK = r"[ \t\n\r\f\v]*"
_WHOLE = f"^{_BLANK}[+-]?[0-9]{{1,200}}{_BLANK}$"
_DECIMAL = f"^{_BLANK}[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{{1,2}})?{_BLANK}$"
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EXACT_FLOAT = 2**53

Operand = Known | Column | Field
Scalar = bool | int | float | str | None


def holds(op: str, left: Json, right: Json) -> bool:
    run = OPERATORS[op].run
    assert run is not None
    return bool(run(left, right))


def comparison(op: str, left: Operand, right: Operand, params: Params) -> str:
    """`left op right` as a condition; NULL where false."""
    if op in ("!=", "!=="):
        return f"({comparison(op[1:] + '=' if op == '!=' else '===', left, right, params)}) IS NOT TRUE"
    match left, right:
        case Known(first), Known(second):
            return "TRUE" if holds(op, first, second) else "FALSE"
        case Known(), _:
            return comparison(_FLIPPED.get(op, op), right, left, params)
        case Column() as column, Known(value):
            return _column(op, column, value, params)
        case Field() as field, Known(value):
            return _field(op, field, value, params)
        case Column() as first, Column() as second if first.type == second.type == "integer" and op != "===":
            return f"COALESCE({first.sql}, 0) {_SQL[op]} COALESCE({second.sql}, 0)"
    raise Inexact


def _or_null(test: str, null_too: bool, sql: str) -> str:
    return f"({test} OR {sql} IS NULL)" if null_too else test


def _number(column: Column, value: int | float, params: Params) -> str:
    if column.type == "number" or isinstance(value, float):
        if abs(value) > _EXACT_FLOAT:
            raise Inexact
        if column.type == "integer":
            return params.add(format(Decimal(value), "f"), "text::numeric")
        return params.add(float(value), "float8")
    return params.add(str(value), "text::numeric") if abs(value) >= 2**63 else params.add(value, "bigint")


def _column(op: str, column: Column, value: Json, params: Params) -> str:
    match value:
        case list() | dict():
            return "FALSE"
        case None if op == "===":
            return f"{column.sql} IS NULL"
        case _:
            scalar = value
    match column.type:
        case "text":
            return _text(op, column, scalar, params)
        case "integer" | "number":
            return _numeric(op, column, scalar, params)
        case "boolean":
            return _boolean(op, column, scalar)
        case "date":
            return _date(op, column, scalar, params)
    if scalar is None:
        return f"{column.sql} IS NULL" if op in ("==", "<=", ">=") else "FALSE"
    raise Inexact


def _text(op: str, column: Column, value: Scalar, params: Params) -> str:
    if isinstance(value, str):
        collate = "" if op in ("==", "===") else ' COLLATE "C"'
        return f"{column.sql}{collate} {_SQL[op]} {params.text(value)}"
    if op == "===":
        return "FALSE"
    if value is None:
        return f"{column.sql} IS NULL" if op in ("==", "<=", ">=") else "FALSE"
    raise Inexact  # each text would have to be read as a number


def _numeric(op: str, column: Column, value: Scalar, params: Params) -> str:
    if op == "===":
        if isinstance(value, str | bool) or value is None:
            return "FALSE"
        return f"{column.sql} = {_number(column, value, params)}"
    if isinstance(value, str):
        parsed = parse_number(value)
        if parsed is None:
            return "FALSE"
        return f"{column.sql} {_SQL[op]} {_number(column, parsed, params)}"
    number = int(value or 0) if value is None or isinstance(value, bool) else value
    test = f"{column.sql} {_SQL[op]} {_number(column, number, params)}"
    return _or_null(test, holds(op, None, value), column.sql)


def _boolean(op: str, column: Column, value: Scalar) -> str:
    if op == "===":
        return (column.sql if value else f"NOT {column.sql}") if isinstance(value, bool) else "FALSE"
    true, false, null = (holds(op, each, value) for each in (True, False, None))
    return _cases(column.sql, true, false, null)


def _cases(sql: str, true: bool, false: bool, null: bool) -> str:
    match true, false, null:
        case True, True, True:
            return "TRUE"
        case True, True, False:
            return f"{sql} IS NOT NULL"
        case True, False, True:
            return f"{sql} IS NOT FALSE"
        case True, False, False:
            return sql
        case False, True, True:
            return f"{sql} IS NOT TRUE"
        case False, True, False:
            return f"NOT {sql}"
        case False, False, True:
            return f"{sql} IS NULL"
    return "FALSE"


def _date(op: str, column: Column, value: Scalar, params: Params) -> str:
    """ISO dates are in the order of their text; a text of another form is left to Python."""
    if isinstance(value, str):
        if _ISO_DATE.fullmatch(value) is None:
            raise Inexact
        try:
            date.fromisoformat(value)
        except ValueError as fault:
            raise Inexact from fault
        return f"{column.sql} {_SQL[op]} {params.add(value, 'text::date')}"
    return f"{column.sql} IS NULL" if holds(op, None, value) else "FALSE"


def _field(op: str, field: Field, value: Json, params: Params) -> str:
    match value:
        case list() | dict():
            if op in ("==", "==="):
                raise Inexact
            return "FALSE"
        case str():
            return _field_text(op, field, value, params)
        case None:
            return _field_null(op, field)
        case bool() if op == "===":
            return f"{field.json} = '{'true' if value else 'false'}'::jsonb"
    return _field_number(op, field, value, params)


def looks_like_json(value: str) -> bool:
    """Whether the text of a number, list or other value that is no text could be this."""
    return value in ("true", "false", "null") or value[:1] in tuple("0123456789-[{")


def _field_text(op: str, field: Field, value: str, params: Params) -> str:
    number = parse_number(value) if op != "===" else None
    if op in ("==", "==="):
        plain = f"{field.text} = {params.text(value)}"
        if not looks_like_json(value) and number is None:
            return plain
        as_text = plain
    else:
        as_text = f'{field.text} COLLATE "C" {_SQL[op]} {params.text(value)}'
    if number is None:
        return f"(jsonb_typeof({field.json}) = 'string' AND {as_text})"
    numbers = _spelled(op, field.text, number, params)
    boolean = _cases(f"{field.json}::boolean", holds(op, True, value), holds(op, False, value), False)
    return (
        f"CASE jsonb_typeof({field.json}) WHEN 'string' THEN {as_text} WHEN 'number' THEN {numbers} "
        f"WHEN 'boolean' THEN {boolean} ELSE FALSE END"
    )


def _field_null(op: str, field: Field) -> str:
    if op == "===":
        return f"({field.json} IS NULL OR {field.json} = 'null'::jsonb)"
    boolean = _cases(f"{field.json}::boolean", holds(op, True, None), holds(op, False, None), False)
    null = "TRUE" if holds(op, None, None) else "FALSE"
    return (
        f"CASE COALESCE(jsonb_typeof({field.json}), 'null') WHEN 'null' THEN {null} "
        f"WHEN 'number' THEN {field.text}::numeric {_SQL[op]} 0 WHEN 'boolean' THEN {boolean} ELSE FALSE END"
    )


def _spelled(op: str, text: str, number: int | float, params: Params) -> str:
    """A text compared as the number that it spells: whole numbers exactly, others as Python's floats."""
    if isinstance(number, float) and not math.isfinite(number):
        raise Inexact
    if abs(number) > _EXACT_FLOAT:
        raise Inexact
    exact = params.add(format(Decimal(number), "f"), "text::numeric")
    near = params.add(float(number), "float8")
    return (
        f"CASE WHEN {text} ~ E'{_escaped(_WHOLE)}' THEN {text}::numeric {_SQL[op]} {exact} "
        f"WHEN length({text}) <= 200 AND {text} ~ E'{_escaped(_DECIMAL)}' "
        f"THEN {text}::float8 {_SQL[op]} {near} ELSE FALSE END"
    )


def _escaped(pattern: str) -> str:
    return pattern.replace("\\.", "\\\\.")


def _field_number(op: str, field: Field, value: int | float, params: Params) -> str:
    spelled = _spelled(op, field.text, int(value) if isinstance(value, bool) else value, params)
    if op == "===":
        return f"CASE WHEN jsonb_typeof({field.json}) = 'number' THEN {spelled} ELSE FALSE END"
    boolean = _cases(f"{field.json}::boolean", holds(op, True, value), holds(op, False, value), False)
    null = "TRUE" if holds(op, None, value) else "FALSE"
    return (
        f"CASE COALESCE(jsonb_typeof({field.json}), 'null') WHEN 'null' THEN {null} "
        f"WHEN 'boolean' THEN {boolean} WHEN 'array' THEN FALSE WHEN 'object' THEN FALSE ELSE {spelled} END"
    )


def membership(needle: Operand, hay: Operand, params: Params) -> str:
    """`in`: a field among known members, or a known member in a field."""
    match needle, hay:
        case Known(value), Known(listed):
            return "TRUE" if holds("in", value, listed) else "FALSE"
        case _, Known(list() as members):
            return _among(needle, members, params)
        case Known(str() as value), Column(sql, "text"):
            return f"position({params.text(value)} IN {sql}) > 0"
        case Known(), Column():
            return "FALSE"
        case Known(str() as value), Field() as field:
            part = params.text(value)
            return (
                f"CASE jsonb_typeof({field.json}) WHEN 'array' THEN {field.json} ? {part} "
                f"WHEN 'string' THEN position({part} IN {field.text}) > 0 ELSE FALSE END"
            )
        case Known(bool() | int() | None as value), Field() as field:
            member = params.add(json.dumps(value), "text::jsonb")
            return f"(jsonb_typeof({field.json}) = 'array' AND {field.json} @> {member})"
    raise Inexact


def _among(needle: Operand, members: list[Json], params: Params) -> str:
    if not members:
        return "FALSE"
    texts = [member for member in members if isinstance(member, str)]
    if len(texts) == len(members):
        for each in texts:
            Params().text(each)
        match needle:
            case Column(sql, "text"):
                return f"{sql} = ANY({params.add(texts, 'text[]')})"
            case Field() as field:
                listed = f"{field.text} = ANY({params.add(texts, 'text[]')})"
                if not any(map(looks_like_json, texts)):
                    return listed
                return f"(jsonb_typeof({field.json}) = 'string' AND {listed})"
    if len(members) > 100:
        raise Inexact
    return "(" + " OR ".join(comparison("===", needle, Known(member), params) for member in members) + ")"
