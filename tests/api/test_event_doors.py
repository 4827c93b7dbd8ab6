"""Events told by other systems: once for each key, to whom they concern."""

from __future__ import annotations

import asyncio
from typing import Any

from doors import Company, code


async def tell(acme: Company, body: dict[str, Any], key: str = "", name: str = "lead.created") -> Any:
    return await acme.post(
        f"/api/v1/events/{name}", json=body, headers={"idempotency-key": key} if key else {}
    )


LEAD = {"data": {"source": "site"}, "contact": {"phone": "(41) 98888-7777", "name": "Ana"}}


async def test_an_event_about_a_new_person_opens_a_conversation(acme: Company) -> None:
    told = await tell(acme, LEAD)
    assert told.status_code == 202
    assert len(told.json()["conversations"]) == 1
    ((name,),) = await acme.rows("SELECT name FROM contact")
    assert name == "Ana"


async def test_told_many_times_with_one_key_it_happens_once(acme: Company) -> None:
    answers = await asyncio.gather(*(tell(acme, LEAD, "k1") for _ in range(8)))
    assert {a.status_code for a in answers} == {202}
    assert len({a.json()["id"] for a in answers}) == 1
    assert sorted(a.json()["repeated"] for a in answers) == [False] + [True] * 7
    assert await acme.rows("SELECT count(*) FROM inbox WHERE kind = 'event'") == [(1,)]


async def test_a_key_used_for_something_else_is_refused(acme: Company) -> None:
    await tell(acme, LEAD, "k1")
    answer = await tell(acme, LEAD | {"data": {"source": "fair"}}, "k1")
    assert (answer.status_code, code(answer)) == (422, "events:key-reused")


async def test_two_companies_may_use_one_key(acme: Company, rival: Company) -> None:
    first, second = await tell(acme, LEAD, "k1"), await tell(rival, LEAD, "k1")
    assert second.json()["repeated"] is False
    assert first.json()["id"] != second.json()["id"]


async def test_bad_events_are_named(acme: Company) -> None:
    assert code(await tell(acme, {}, name="Bad Name")) == "events:bad-name"
    large = await tell(acme, {"data": {"x": "y" * 70_000}})
    assert (large.status_code, code(large)) == (413, "events:too-large")
    wrong = await tell(acme, {"data": [], "contact": {}})
    assert (code(wrong), wrong.json()["path"]) == ("input:invalid", "/data")
    assert (await tell(acme, LEAD, "k" * 300)).status_code == 400
