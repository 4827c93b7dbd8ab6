"""Reading what Brazilians type."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.answers import READERS, is_cnpj, is_cpf
from engine.core.matching import Option, pick

FRIDAY = datetime(2026, 11, 20, 10, 0)

CASES: list[tuple[str, str, Any]] = [
    ("number", "1.234,5", 1234.5), ("number", "uns 30 anos", 30), ("number", "-7", -7), ("number", "nada", None),
    ("money", "R$ 1.234,56", 123456), ("money", "150", 15000), ("money", "150 reais", 15000),
    ("money", "2 mil", 200000), ("money", "19.99", 1999), ("money", "-5", None), ("money", "muito", None),
    ("date", "12/03", "2027-03-12"), ("date", "25/12/2026", "2026-12-25"), ("date", "5 de janeiro", "2027-01-05"),
    ("date", "amanhã", "2026-11-21"), ("date", "sexta", "2026-11-27"), ("date", "31/02", None),
    ("date", "1/1/27", "2027-01-01"), ("date", "2026-12-01", "2026-12-01"), ("date", "qualquer dia", None),
    ("time", "14h30", "14:30"), ("time", "2 da tarde", "14:00"), ("time", "09:05", "09:05"), ("time", "25h", None),
    ("time", "meio-dia", "12:00"),
    ("cpf", "meu cpf é 529.982.247-25 ok", "52998224725"), ("cpf", "123", None),
    ("cnpj", "12.ABC.345/01DE-35", "12ABC34501DE35"), ("cnpj", "11.222.333/0001-81", "11222333000181"),
    ("email", "é Ana@Exemplo.com.br!", "ana@exemplo.com.br"), ("email", "ana@", None),
    ("phone", "(11) 98765-4321", "5511987654321"), ("phone", "+55 11 3333-4444", "551133334444"),
    ("phone", "011987654321", "5511987654321"), ("phone", "12345", None),
    ("yes_no", "Sim!", True), ("yes_no", "nao, obrigado", False), ("yes_no", "👍", True), ("yes_no", "talvez", None),
    ("yes_no", "com certeza", True), ("yes_no", "não quero pagar isso", False),
    ("rating", "nota 4", 4), ("rating", "⭐⭐⭐", 3), ("rating", "cinco", 5), ("rating", "3,5", None),
    ("text", "  oi ", "oi"), ("text", "   ", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "value"), CASES)
def test_read(kind: str, said: str, value: Any) -> None:
    assert READERS[kind](said, FRIDAY) == value


@given(st.sampled_from(sorted(READERS)), st.text(max_size=200))
def test_no_words_break_a_reader(kind: str, said: str) -> None:
    READERS[kind](said, FRIDAY)


def test_check_digits() -> None:
    assert is_cpf("52998224725") and not is_cpf("11111111111") and not is_cpf("52998224724")
    assert is_cnpj("12ABC34501DE35") and not is_cnpj("12ABC34501DE36")


OPTIONS = [
    Option(id="invoice", title="Segunda via", synonyms=["boleto"]),
    Option(id="debt", title="Negociar débitos", synonyms=["dívida", "acordo"]),
    Option(id="person", title="Falar com alguém"),
]


@pytest.mark.parametrize(
    ("said", "ident"),
    [
        ("debt", "debt"), ("SEGUNDA VIA", "invoice"), ("2", "debt"), ("opção 3", "person"), ("a terceira", None),
        ("terceira", "person"), ("quero negociar meus débitos", "debt"), ("preciso do boleto", "invoice"),
        ("negociar", "debt"), ("segunda vai", "invoice"), ("boleto da dívida", None), ("9", None), ("", None),
        ("xyz", None), ("falar", "person"),
    ],
)  # fmt: skip
def test_typed_text_finds_its_option(said: str, ident: str | None) -> None:
    found = pick(OPTIONS, said)
    assert (found.id if found else None) == ident
