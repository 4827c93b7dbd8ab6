"""Explanations: the tracing twin agrees with the plain run, and says it in words."""

from __future__ import annotations

import random
from typing import Any

import pytest
import rule_random

from engine.core.logic import RuleError, compile_rule, evaluate, explain, reading
from engine.core.logic.explain import Explanation

RULE: Any = {
    "and": [
        {"exists": ["invoice", "days"]},
        {">": [{"var": "invoice.days"}, 30]},
        {"or": [{"==": [{"var": "status"}, "open"]}, {"in": [{"var": "uf"}, ["SP", "RJ"]]}]},
    ]
}
LABELS = {"invoice.days": "dias em atraso da fatura", "status": "situação", "uf": "estado"}


def nodes(explanation: Explanation) -> list[Explanation]:
    return [explanation, *(node for child in explanation.children for node in nodes(child))]


@pytest.mark.parametrize("block", range(15))
def test_trace_and_plain_run_agree(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        agrees(seed)


def agrees(seed: int) -> None:
    rng = random.Random(f"trace-{seed}")
    rule, data = rule_random.rule(rng), rule_random.data(rng)
    why = explain(rule, data)
    try:
        result = evaluate(rule, data)
    except RuleError as fault:
        with pytest.raises(RuleError) as traced:
            compile_rule(rule).traced(data, None, lambda index, value: None)
        assert (traced.value.code, traced.value.path) == (fault.code, fault.path)
        assert [node.error for node in nodes(why) if node.path == fault.path] == [fault.code]
        assert not why.reached
    else:
        assert repr(why.value) == repr(result)
        assert why.result is bool(result)
    assert why.render()
    assert reading(rule, "en")


def test_a_clause_says_its_value_and_those_after_it_are_not_reached() -> None:
    why = explain(RULE, {"invoice": {"days": 12}, "status": "open"}, labels=LABELS)
    assert why.render().splitlines() == [
        "✘ todas as condições:",
        "  ✔ dias em atraso da fatura existe",
        "  ✘ dias em atraso da fatura é maior que 30 [= 12]",
        '  – situação é igual a "open" ou estado está em "SP", "RJ" (não avaliado)',
    ]
    assert [child.reached for child in why.children] == [True, True, False]
    assert why.children[1].path == "/and/1"


def test_in_english() -> None:
    why = explain(RULE, {"invoice": {"days": 45}, "status": "paid", "uf": "SP"}, lang="en")
    assert why.render().splitlines() == [
        "✔ all of the conditions:",
        "  ✔ invoice.days exists",
        "  ✔ invoice.days is greater than 30 [= 45]",
        "  ✔ at least one of the conditions:",
        '    ✘ status is equal to "open" [= "paid"]',
        '    ✔ uf is in "SP", "RJ" [= "SP"]',
    ]


def test_a_loop_says_how_often() -> None:
    rule = {"some": [{"var": "bills"}, {">": [{"var": "total"}, 100]}]}
    why = explain(rule, {"bills": [{"total": 50}, {"total": 70}, {"total": 150}]})
    assert why.render().splitlines() == [
        "✔ em algum item de bills, total é maior que 100",
        "  ✔ total é maior que 100 (verdadeiro em 1 de 3)",
    ]


def test_a_failure_is_shown_where_it_happened() -> None:
    why = explain({"and": [True, {">": [{"/": [{"var": "a"}, {"var": "b"}]}, 2]}]}, {"a": 1, "b": 0})
    failed = [node for node in nodes(why) if node.error]
    assert [(node.path, node.error) for node in failed] == [("/and/1/>/0", "rule:not-a-number")]


@pytest.mark.parametrize(
    ("rule", "pt", "en"),
    [
        ({"<": [0, {"var": "n"}, 10]}, "n está entre 0 e 10, sem incluir os extremos", None),
        ({"!": {"in": [{"var": "uf"}, ["SP"]]}}, 'uf não está em "SP"', 'uf is not in "SP"'),
        ({"==": [{"var": "nome"}, ""]}, "nome está vazio", "nome is empty"),
        (
            {"*": [{"+": [{"var": "a"}, 1]}, 2.5]},
            "(a + 1) × 2,5",
            "(a + 1) × 2.5",
        ),
        (
            {"or": [{"and": [{"var": "a"}, {"var": "b"}]}, {"var": "c"}]},
            "(a e b) ou c",
            "(a and b) or c",
        ),
        (
            {"if": [{"is_business_hours": []}, "fila", {"is_holiday": []}, "recado", "fim"]},
            'se está no horário de atendimento então "fila"; senão, se é feriado então "recado"; senão "fim"',
            None,
        ),
        ({"contains_any": [{"var": "texto"}, ["boleto", "pix"]]}, 'texto contém "boleto", "pix"', None),
        ({"==": [{"var": "ok"}, True]}, "ok é igual a verdadeiro", "ok is equal to true"),
    ],
)
def test_reading(rule: Any, pt: str, en: str | None) -> None:
    assert reading(rule) == pt
    assert en is None or reading(rule, "en") == en


def test_paths_are_what_a_decision_stores() -> None:
    rule = {
        "and": [
            {"some": [{"var": "bills"}, {">": [{"var": "total"}, {"val": [[2], "limit"]}]}]},
            {"missing": ["cpf", "email"]},
            {"exists": ["address", "zip"]},
            {"var": "bills"},
        ]
    }
    assert compile_rule(rule).paths == ("bills", "limit", "cpf", "email", "address.zip")
