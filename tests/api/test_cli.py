"""The commands that need no database, as a shell uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from engine.cli.main import app

FLOWS = Path(__file__).resolve().parents[2] / "flows"
RUNNER = CliRunner()


def told(args: list[str], *cases: Any) -> list[Any]:
    """The answers of a command to cases, one a line."""
    lines = "\n".join(c if isinstance(c, str) else json.dumps(c) for c in cases)
    result = RUNNER.invoke(app, args, input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_command_has_help() -> None:
    for words in ([], ["rule"], ["flow"], ["channel"], ["company"], ["fake"], ["serve"], ["doctor"]):
        assert RUNNER.invoke(app, [*words, "--help"]).exit_code == 0


def test_rule_eval_answers_line_by_line_and_a_bad_line_spoils_no_other() -> None:
    answers = told(
        ["rule", "eval"],
        {"rule": {">": [{"var": "a"}, 3]}, "data": {"a": 5}},
        "nope",
        {"data": {}},
        {"rule": {"today": []}, "now": "2026-11-20T23:30:00-03:00"},
        {"rule": 1, "now": "soon"},
    )
    assert answers[0] == {"result": True}
    assert answers[1]["error"]["code"] == "input:not-json"
    assert answers[2]["error"] == {
        "code": "input:missing",
        "path": "/rule",
        "detail": "the case wants a member 'rule'",
    }
    assert answers[3] == {"result": "2026-11-20"}
    assert answers[4]["error"]["code"] == "input:bad-now"


def test_rule_explain_reading_and_sql() -> None:
    rule = {">": [{"var": "age"}, 30]}
    assert told(["rule", "explain"], {"rule": rule, "data": {"age": 12}})[0]["result"] is False
    assert "30" in told(["rule", "reading", "--lang", "en"], {"rule": rule})[0]["text"]
    columns = {"age": {"sql": "c.age", "type": "integer"}}
    assert told(["rule", "sql"], {"rule": rule, "columns": columns})[0]["params"] == [30]


def test_channel_parse_gives_the_events_of_a_body() -> None:
    message = {
        "from": "16505551234",
        "id": "wamid.X",
        "timestamp": "1749416383",
        "type": "text",
        "text": {"body": "hi"},
    }
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, "messages": [message]}
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }
    (answer,) = told(["channel", "parse", "whatsapp_cloud"], body)
    assert [(e["type"], e["key"], e["content"]["text"]) for e in answer["events"]] == [
        ("message", "wamid.X", "hi")
    ]


def test_flow_run_talks_turn_by_turn() -> None:
    answers = told(
        ["flow", "run", str(FLOWS / "main_service.json"), "--at", "2026-11-20T10:00:00-03:00"],
        {"text": "111.111.111-11"},
        {"answer": {"value": {"id": "c1", "name": "Maria Silva"}}},
        {"answer": {"value": []}},
        {"text": "ajuda"},
        {"advance": "PT25H"},
        {"bogus": 1},
    )
    assert answers[0]["call"] == {"service": "erp", "operation": "customer", "args": {"cpf": "11111111111"}}
    assert "Está tudo em dia" in answers[2]["messages"][0]["text"]
    assert "*Ajuda*" in answers[3]["messages"][0]["text"]
    assert answers[4]["state"] == "done"
    assert answers[5]["error"]["code"] == "input:bad-turn"


def test_flow_check_and_test_say_what_is_wrong(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    document = json.loads((FLOWS / "help.json").read_text(encoding="utf-8"))
    document["nodes"][0]["text"] = "{{ 7*7 }}"
    broken.write_text(json.dumps(document), encoding="utf-8")
    checked = RUNNER.invoke(app, ["flow", "check", str(broken)])
    assert checked.exit_code == 1 and "template:syntax" in checked.output
    tested = RUNNER.invoke(app, ["flow", "test", str(broken)])
    assert tested.exit_code == 1 and "0 passed, 1 failed" in tested.output


@pytest.mark.parametrize("junk", ["", "{", "[1,2", "null", '"x"'])
def test_junk_gets_an_answer(junk: str) -> None:
    result = RUNNER.invoke(app, ["rule", "eval"], input=junk)
    assert result.exit_code == 0
    assert "error" in result.stdout or junk == ""
