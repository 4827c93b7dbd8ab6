"""Whatever content the engine makes, the bubbles keep Meta's limits (as the stand-in checks them)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.fake.graph_rules import check
from connectors.whatsapp_cloud.compose import bubbles
from engine.core.errors import TramaError
from engine.core.message import Button, Buttons, Choices, Outbound, Row, Section, Text

short = st.text(min_size=1, max_size=30).filter(lambda words: words.strip() != "")
words = short | st.sampled_from(["x" * 1025, "palavra " * 700, "á" * 4097])
frame = st.just("") | short | st.just("cabeçalho comprido " * 5)
ids = st.text("abc123", min_size=1, max_size=4) | st.just("i" * 201) | st.just("i" * 257)
buttons = st.builds(
    Buttons,
    text=words,
    buttons=st.lists(st.builds(Button, ids, short), max_size=12),
    header=frame,
    footer=frame,
)
sections = st.builds(
    Section,
    rows=st.lists(st.builds(Row, ids, short, st.just("") | short | st.just("d" * 73)), max_size=4),
    title=st.just("") | short,
)
choices = st.builds(
    Choices,
    text=words,
    button=st.just("") | short,
    sections=st.lists(sections, max_size=4),
    header=frame,
    footer=frame,
)
many = st.builds(
    lambda count, button: Choices(
        "Escolha", button, [Section([Row(f"id{i}", f"Linha {i}") for i in range(count)])]
    ),
    st.integers(0, 15),
    st.just("Abrir"),
)
contents: st.SearchStrategy[Outbound] = st.builds(Text, words) | buttons | choices | many


@settings(max_examples=400, deadline=None)
@given(contents)
def test_bubbles_are_accepted(content: Outbound) -> None:
    try:
        parts = bubbles(content)
    except TramaError as error:
        assert error.code == "whatsapp_cloud:empty"
        return
    assert parts
    for part in parts:
        check({"messaging_product": "whatsapp", "to": "5541988887777", **part}, {}, {})
