"""JSON of strangers, made storable."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.loose import decode, digits, instant, integer, number


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"a\\u0000b"', "a\ufffdb"),
        (b'"\\u00e1\\u0000"', "á\ufffd"),
        (b'{"\\u0000": ["\\ud83d"]}', {"\ufffd": ["?"]}),
        (b"18446744073709551616", "18446744073709551616"),
        (b"NaN", None),
    ],
)
def test_what_a_database_would_not_take_is_replaced(body: bytes, value: object) -> None:
    assert decode(body) == (value, "")


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_give_storable_data(body: bytes) -> None:
    value, _ = decode(body)
    assert b"\\u0000" not in msgspec.json.encode(value)


def test_depth_has_an_end() -> None:
    assert decode(b"[" * 60 + b"]" * 60)[1] == ""
    assert decode(b"[" * 70 + b"]" * 70) == (None, "nested too deeply")


def test_readers_give_their_empty_form() -> None:
    assert (integer("12"), integer("1e3"), integer(True), integer(2.0), integer("٣")) == (12, 0, 0, 2, 0)
    assert (number("x"), number("inf"), number("1e999"), number("2.5")) == (None, None, None, 2.5)
    assert digits("+55 (41) ٣8") == "55418"
    assert instant("99999999999999999999") is None
    assert instant("1795000000") == instant(1795000000)
