"""Personal data out of tests: consistent, well formed, and nothing of the original left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from validate_docbr import CNPJ, CPF

from engine.core.disguise import Disguise


def test_a_name_is_the_same_other_name_everywhere() -> None:
    disguise = Disguise()
    disguise.learn(["Maria da Silva"])
    said = disguise.text("Olá, Maria! Confirma que é MARIA DA SILVA? maria silva")
    assert "aria" not in said.lower() and "silva" not in said.lower()
    first, last = said.split(",")[1].split("!")[0].strip(), said.split()[-1]
    assert first.upper() in said and last == last.lower()


@pytest.mark.parametrize("written", ["529.982.247-25", "52998224725", "o cpf 529.982.247-25."])
def test_a_valid_cpf_becomes_another_valid_one_in_the_same_shape(written: str) -> None:
    fresh = Disguise().text(written)
    assert "529" not in fresh and len(fresh) == len(written)
    assert CPF().validate("".join(c for c in fresh if c.isdigit()))


def test_one_number_in_two_shapes_stays_one_number() -> None:
    disguise = Disguise()
    dotted, bare = disguise.text("529.982.247-25"), disguise.text("52998224725")
    assert dotted.replace(".", "").replace("-", "") == bare


def test_a_valid_cnpj_stays_valid() -> None:
    assert CNPJ().validate(Disguise().text("11.222.333/0001-81"))
    assert "222" not in Disguise().text("11.222.333/0001-81")


def test_numbers_that_are_nobodys_stay() -> None:
    assert Disguise().text("111.111.111-11") == "111.111.111-11"


@pytest.mark.parametrize(
    "kept", ["R$ 1.234,56", "20/11/2026", "F-1001", "3x de R$ 50,00", "10:30", "code 12345"]
)
def test_amounts_dates_and_numbers_of_invoices_stay(kept: str) -> None:
    assert Disguise().text(kept) == kept


@pytest.mark.parametrize("phone", ["(11) 98765-4321", "+55 11 98765-4321", "5511987654321", "11987654321"])
def test_phones_keep_their_shape(phone: str) -> None:
    fresh = Disguise().text(f"meu número é {phone}")
    assert "8765" not in fresh and len(fresh) == len(f"meu número é {phone}")


def test_json_is_disguised_by_member_and_by_text() -> None:
    disguise = Disguise()
    customer = {"name": "João Santos", "document": "52998224725", "email": "joao@x.br", "address": "Rua A, 1",
                "invoices": [{"number": "F-1", "amount": 18790, "description": "de João"}]}  # fmt: skip
    disguise.names_in(customer)
    fresh = disguise.value(customer)
    text = str(fresh)
    assert not any(word in text for word in ("João", "Santos", "52998224725", "joao@x.br", "Rua A"))
    assert fresh["invoices"][0]["amount"] == 18790 and fresh["invoices"][0]["number"] == "F-1"


@given(st.integers(0, 10**9 - 1))
def test_every_valid_cpf_becomes_a_valid_one(base: int) -> None:
    def check(digits: str) -> str:
        rest = sum(int(d) * w for d, w in zip(digits, range(len(digits) + 1, 1, -1), strict=True)) % 11
        return "0" if rest < 2 else str(11 - rest)

    nine = f"{base:09d}"
    ten = nine + check(nine)
    cpf = ten + check(ten)
    fresh = Disguise().text(cpf)
    assert CPF().validate(fresh) or len(set(cpf)) == 1
    assert fresh != cpf or len(set(cpf)) == 1
