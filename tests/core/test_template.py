"""Substitutions in texts: what they give, what they refuse, and that they cannot be made to run away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import TramaError
from engine.core.filters import FILTERS, shown
from engine.core.template import LARGEST, fill, template


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_every_filter_does_what_its_example_says(name: str) -> None:
    value, args, expected = FILTERS[name].example
    assert shown(FILTERS[name].apply(value, "America/Sao_Paulo", *args)) == expected


def test_paths_filters_and_defaults() -> None:
    text = 'Olá {{ contact.name | first | default("cliente") }}, são {{ total | brl }}.'
    assert (
        template(text).render({"contact": {"name": "Maria Silva"}, "total": 123456})
        == "Olá Maria, são R$ 1.234,56."
    )
    assert template(text).render({}) == "Olá cliente, são ."


def test_a_list_as_lines() -> None:
    text = r'{{ invoices | lines("{n}. {due | date}: {amount | brl}") }}'
    data = {"invoices": [{"due": "2026-01-02", "amount": 100}, {"due": "2026-02-03", "amount": 250}]}
    assert template(text).render(data) == "1. 02/01/2026: R$ 1,00\n2. 03/02/2026: R$ 2,50"


def test_one_substitution_alone_keeps_its_type() -> None:
    assert fill({"a": "{{ n }}", "b": "x{{ n }}", "c": [1, "{{ l }}"]}, {"n": 5, "l": ["z"]}) == {
        "a": 5, "b": "x5", "c": [1, ["z"]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("{{7*7}}", "template:syntax"),
        ("{{ a.__class__() }}", "template:syntax"),
        ("{{ a | explode }}", "template:unknown-filter"),
        ("{{ a | default(x) }}", "template:syntax"),
        ("{{ a | truncate('x') }}", "template:bad-argument"),
    ],
)
def test_what_is_no_substitution_is_refused(bad: str, code: str) -> None:
    with pytest.raises(TramaError) as caught:
        template(bad).render({"a": "text"})
    assert caught.value.code == code


def test_a_gigabyte_is_refused() -> None:
    huge = "x" * (LARGEST // 4)
    with pytest.raises(TramaError, match="too-large"):
        template("{{ a }}" * 8).render({"a": huge})
    with pytest.raises(TramaError, match="too-large"):
        template('{{ l | lines("{a}{a}{a}{a}{a}") }}').render({"l": [{"a": huge}] * 1000})


@given(st.text())
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert template("<{{ a }}>").render({"a": value}) == f"<{value}>"


@given(
    st.sampled_from(sorted(FILTERS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=3), c, max_size=3),
        max_leaves=5,
    ),
)
def test_filters_are_total(name: str, value: object) -> None:
    _, args, _ = FILTERS[name].example
    shown(FILTERS[name].apply(value, "America/Sao_Paulo", *args))
