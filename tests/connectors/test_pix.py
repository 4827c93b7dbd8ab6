"""BR Codes against the example of the central bank, and as a law: what is written can be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import TramaError
from engine.core.pix import brcode, crc16, fields, tlv


def test_the_central_banks_example(testdata: Path) -> None:
    docs = json.loads((testdata / "br/pix_docs.json").read_bytes())
    assert brcode(**docs["fields"]) == docs["brcode"]
    assert fields(docs["brcode"])["59"] == "Fulano de Tal"


def test_the_check_value_of_the_crc() -> None:
    assert crc16(b"123456789") == 0x29B1


@given(
    st.integers(1, 10**9),
    st.text(min_size=1),
    st.text("abcXYZ019", min_size=1, max_size=25),
    st.text(max_size=100),
    st.text("0123456789abcdef-@.", min_size=1, max_size=77),
)
def test_what_is_written_can_be_read(amount: int, name: str, txid: str, note: str, key: str) -> None:
    code = brcode(key, "Zé " + name, "São Paulo", amount=amount, txid=txid, description=note)
    found = fields(code)
    assert found["54"] == f"{amount / 100:.2f}"
    assert tlv(found["26"])["01"] == key
    assert tlv(found["62"]) == {"05": txid}
    assert (len(found["59"]) <= 25, found["60"]) == (True, "Sao Paulo")


def test_one_wrong_character_is_noticed() -> None:
    code = brcode("a@b.com", "Ana", "Curitiba", amount=1000)
    with pytest.raises(TramaError, match="pix:crc"):
        fields(code.replace("1000", "9000").replace("10.00", "90.00"))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": 0}, "pix:amount"),
        ({"txid": "a b"}, "pix:txid"),
        ({"key": ""}, "pix:key"),
        ({"key": "chave com espaço"}, "pix:key"),
        ({"name": "☂"}, "pix:name"),
        ({"city": " "}, "pix:city"),
    ],
)
def test_what_no_bank_would_take(change: dict[str, object], error: str) -> None:
    with pytest.raises(TramaError, match=error):
        brcode(**({"key": "a@b.com", "name": "Ana", "city": "Curitiba"} | change))  # type: ignore[arg-type]
