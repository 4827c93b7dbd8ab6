"""A flow's life over REST."""

from __future__ import annotations

import asyncio
import json

from doors import Company, code
from greeting import greeting


async def create(acme: Company, **changes: object) -> None:
    assert (await acme.post("/api/v1/flows", json=greeting() | changes)).status_code == 201


async def test_a_flow_is_made_checked_tested_published_and_taken_back(acme: Company) -> None:
    made = await acme.post("/api/v1/flows", json=greeting())
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert [
        p for p in (await acme.post("/api/v1/flows/greeting/check")).json() if p["severity"] == "error"
    ] == []
    assert (await acme.post("/api/v1/flows/greeting/test")).json()["failed"] == []
    published = await acme.post("/api/v1/flows/greeting/publish", json={"rev": 1, "note": "first"})
    assert published.json()["version"] == 1

    changed = greeting() | {"name": "Greeting, kinder"}
    saved = await acme.send("PUT", "/api/v1/flows/greeting", json=changed, headers={"if-match": '"1"'})
    assert saved.headers["etag"] == '"2"'
    assert (await acme.post("/api/v1/flows/greeting/publish", json={})).json()["version"] == 2
    versions = (await acme.get("/api/v1/flows/greeting/versions")).json()
    assert sorted((v["version"], v["note"]) for v in versions) == [(1, "first"), (2, "")]

    back = await acme.post("/api/v1/flows/greeting/rollback", json={"version": 1})
    assert (back.json()["flow"]["live_version"], back.json()["flow"]["name"]) == (1, "Greeting")
    old = (await acme.get("/api/v1/flows/greeting/versions/2")).json()
    assert old["name"] == "Greeting, kinder"


async def test_who_saves_over_somebody_else_is_told(acme: Company) -> None:
    await create(acme)

    async def save(name: str) -> int:
        document = greeting() | {"name": name}
        answer = await acme.send("PUT", "/api/v1/flows/greeting", json=document, headers={"if-match": '"1"'})
        if answer.status_code != 200:
            assert code(answer) == "flow:changed-meanwhile"
        return answer.status_code

    assert sorted(await asyncio.gather(save("Ana's"), save("Rui's"))) == [200, 409]


async def test_saving_without_a_revision_is_refused(acme: Company) -> None:
    await create(acme)
    for header in ({}, {"if-match": "*"}, {"if-match": '"x"'}, {"if-match": '"' + "9" * 400 + '"'}):
        answer = await acme.send("PUT", "/api/v1/flows/greeting", json=greeting(), headers=header)
        assert (answer.status_code, code(answer)) == (400, "flow:revision-needed")


async def test_a_flow_with_an_error_is_kept_and_not_published(acme: Company) -> None:
    broken = greeting()
    broken["edges"][0]["to"] = "nowhere"
    assert (await acme.post("/api/v1/flows", json=broken)).status_code == 201
    answer = await acme.post("/api/v1/flows/greeting/publish", json={})
    assert (answer.status_code, code(answer)) == (422, "flow:has-errors")
    assert "nowhere" in answer.json()["detail"]


async def test_a_fault_in_a_document_is_named_with_its_path(acme: Company) -> None:
    wrong = greeting()
    wrong["nodes"][0]["timeout_minutes"] = "soon"
    assert (await acme.post("/api/v1/flows", json=wrong)).status_code == 201, "an unfinished draft is kept"
    (problem,) = (await acme.post("/api/v1/flows/greeting/check")).json()
    assert (problem["severity"], problem["node"]) == ("error", "name")
    assert problem["path"].endswith("timeout_minutes")


async def test_a_file_taken_out_and_brought_in_is_the_same_flow(acme: Company, rival: Company) -> None:
    await create(acme)
    taken = await acme.get("/api/v1/flows/greeting/export")
    assert taken.headers["content-disposition"] == 'attachment; filename="greeting.json"'
    brought = await rival.post("/api/v1/flows/import", content=taken.content)
    assert brought.status_code == 201
    assert (await rival.get("/api/v1/flows/greeting/export")).content == taken.content
    assert code(await rival.post("/api/v1/flows/import", content=taken.content)) == "flow:exists"
    assert (await rival.post("/api/v1/flows/import?over=true", content=taken.content)).headers[
        "etag"
    ] == '"2"'


async def test_what_is_not_there_is_404_with_a_name(acme: Company) -> None:
    await create(acme)
    for path in ("/api/v1/flows/nothing", "/api/v1/flows/greeting/versions/7"):
        answer = await acme.get(path)
        assert answer.status_code == 404, answer.text
        assert code(answer).startswith("flow:unknown")


async def test_hostile_bodies_are_problems_and_not_500(acme: Company) -> None:
    await create(acme)
    deep = b'{"a":' * 3000 + b"1" + b"}" * 3000
    for body in (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", deep, json.dumps({"nodes": {}}).encode()):
        for method, path in (
            ("POST", "/api/v1/flows"),
            ("POST", "/api/v1/flows/import"),
            ("PUT", "/api/v1/flows/greeting"),
            ("POST", "/api/v1/flows/greeting/publish"),
            ("POST", "/api/v1/flows/greeting/rollback"),
            ("POST", "/api/v1/events/lead.created"),
        ):
            headers = {"content-type": "application/json", "if-match": '"1"'}
            answer = await acme.send(method, path, content=body, headers=headers)
            if answer.status_code not in (200, 201, 202):
                assert 400 <= answer.status_code < 500, (method, path, body[:20], answer.text)
                code(answer)


async def test_a_body_too_large_is_413(acme: Company) -> None:
    answer = await acme.post("/api/v1/flows", content=b'{"x":"' + b"y" * 4_100_000 + b'"}')
    assert answer.status_code == 413
    code(answer)


async def test_a_draft_is_changed_by_the_same_commands_as_in_the_builder(acme: Company) -> None:
    await create(acme)
    add = {"do": "add_node", "node": {"id": "aside", "type": "note", "text": "x"}, "at": [10, 20]}
    done = await acme.post("/api/v1/flows/greeting/commands", json=add)
    assert (done.status_code, done.json()) == (200, {"rev": 2, "touched": ["node:aside"]})
    again = await acme.post("/api/v1/flows/greeting/commands", json=add)
    assert (again.status_code, code(again)) == (422, "edit:same-id")
    nonsense = await acme.post("/api/v1/flows/greeting/commands", json={"do": "everything"})
    assert (nonsense.status_code, code(nonsense)) == (422, "edit:bad-command")
    history = (await acme.get("/api/v1/flows/greeting/history")).json()
    assert [(line["rev"], line["kind"]) for line in history] == [(2, "do")]
