"""What is kept of a contact is what its kind allows, however it was written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import TramaError
from engine.services import contact_values
from engine.store.contact_fields import FieldRow


def field(kind: Any, value: object, *options: str) -> object:
    return contact_values.field(
        FieldRow(key="x", label="X", kind=kind, options=list(options)), value, "/fields/x"
    )


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("text", "  =cmd|' /C calc'!A0\0 ", "=cmd|' /C calc'!A0"),
        ("number", "1.234,5", 1234.5),
        ("number", "1,234.5", 1234.5),
        ("number", "-7", -7),
        ("number", 3, 3),
        ("money", "R$ 1.234,567", 1234.57),
        ("money", "10", 10),
        ("date", "31/12/2026", "2026-12-31"),
        ("date", "2026-02-28T00:00:00", "2026-02-28"),
        ("yes_no", "Sim", True),
        ("yes_no", "não", False),
        ("yes_no", True, True),
        ("choice", "GOLD", "Gold"),
        ("cpf", "529.982.247-25", "52998224725"),
        ("cpf", "1234567890".replace("1234567890", "012.345.678-90"), "01234567890"),
        ("cpf", "1234567890", "01234567890"),
        ("phone", "(41) 98888-7777", "5541988887777"),
        ("email", "Ana@X.com.br ", "ana@x.com.br"),
    ],
)
def test_what_is_written_becomes_the_value_of_its_kind(kind: str, written: object, kept: object) -> None:
    assert field(kind, written, "Gold", "Silver") == kept


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("number", "12a"), ("number", True), ("number", "1e999"), ("number", "NaN"),
        ("money", ["1"]), ("number", "9" * 40),
        ("date", "31/02/2026"), ("date", "12/31/2026"), ("date", 5), ("yes_no", "maybe"), ("yes_no", {}),
        ("choice", "bronze"), ("choice", 1), ("cpf", "529.982.247-26"), ("cpf", "11111111111"), ("phone", "12"),
        ("email", "ana@x"), ("email", "a b@x.com"), ("email", "ana@x..com"), ("text", "x" * 2001), ("text", None),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_place(kind: str, written: object) -> None:
    with pytest.raises(TramaError) as refused:
        field(kind, written, "Gold")
    assert refused.value.path == "/fields/x"
    assert refused.value.code.startswith("contact:bad-")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text())))
def test_any_json_is_kept_or_refused_and_keeping_is_stable(value: object) -> None:
    for kind in ("text", "number", "money", "date", "yes_no", "cpf", "phone", "email"):
        try:
            kept = field(kind, value)
        except TramaError:
            continue
        assert field(kind, kept) == kept
