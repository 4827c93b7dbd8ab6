"""Every problem and every fix can be said in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from proof_stand import broken
from test_fixes import CASES, problems

import engine.core
import engine.nodes
from builder_ui.proof.whys import why_words
from builder_ui.proof.words import Names, advice, fix_words, sentence
from builder_ui.texts import LANGUAGES, Texts
from engine.core.check.fixes import fixes
from engine.core.replay import INPUTS
from engine.services.flow_checks import opened

CORE, NODES = Path(engine.core.__file__).parent, Path(engine.nodes.__file__).parent
CHECKS = [*CORE.glob("check/*.py"), CORE / "logic" / "check.py", CORE / "logic" / "vet.py", CORE / "logic" / "tree.py",
          *NODES.glob("*.py"), CORE / "template.py", CORE / "filters.py"]  # fmt: skip
RUNNING = re.compile(
    r"^(erp|http|llm|call|csat|message|contact|opt|schedule|agent|campaign|payment|lead|service):"
)


def codes() -> set[str]:
    """Whatever the check can find: the codes in the sources of its families, of the node types and of the rules."""
    found: set[str] = set()
    for path in CHECKS:
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'code="([a-z]+:[a-z-]+)"', text))
        if path.parent.name in ("logic",):
            found |= set(re.findall(r'"(rule:[a-z-]+)"', text))
        if path.name in ("template.py", "filters.py"):
            found |= set(re.findall(r'"(template:[a-z-]+)"', text))
    found |= {"rule:gap", "rule:overlap", "rule:shadowed", "flow:bad-node", "flow:same-id", "flow:too-large"}
    return {c for c in found if not RUNNING.match(c)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_title_and_an_advice(language: str) -> None:
    t = Texts(language)
    silent = {c for c in codes() if t.known("proof.problem", c) == c or t.known("proof.why", c) == c}
    assert silent == set()
    assert len(codes()) > 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_each_problem_and_fix_has_no_gaps(language: str) -> None:
    t = Texts(language)
    for _, document, _ in [*CASES, ("", broken(), set())]:
        names = Names(document, t)
        for problem in problems(document):
            said = [sentence(t, problem, names), advice(t, problem, names)]
            said += [fix_words(t, f, problem.node, names) for f in fixes(opened(document).flow, problem)]
            assert all(
                s and "…" not in s.replace("…”", "") and "{" not in s.replace("{{", "") for s in said
            ), said


def test_exits_and_steps_are_called_as_the_canvas_calls_them() -> None:
    names = Names(broken(), Texts("pt-BR"))
    assert names.dotted("menu.invoice") == "Menu principal → Quero a segunda via da fatura"
    assert names.dotted("menu.other") == "Menu principal → Outra coisa"
    assert names.step("gone") == "gone"


@pytest.mark.parametrize("kind", INPUTS)
def test_every_input_of_a_test_can_be_said(kind: str) -> None:
    assert Texts("en")(f"proof.tests.input.{kind}", said="x")


@pytest.mark.parametrize("language", LANGUAGES)
def test_reasons_of_the_engine_are_said_and_those_of_authors_kept(language: str) -> None:
    t = Texts(language)
    said = {
        why: why_words(why, t)
        for why in ("3 tries", "rated 5", "status 404", "no case is true", "last share")
    }
    assert len(set(said.values())) == len(said) and all(said.values())
    assert "3" in said["3 tries"] and said["last share"] == t("proof.reason.chance")
    assert why_words("erp.customer", t) == "" and why_words("case late", t) == ""
    assert why_words("Natal", t) == "Natal"
