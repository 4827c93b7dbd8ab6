"""Pages of conversations, messages, contacts and traces; health; the description of all doors."""

from __future__ import annotations

import asyncio

from doors import Company, code, delivery
from greeting import greeting


async def test_pages_of_conversations_are_complete_and_in_order(acme: Company) -> None:
    for n in range(7):
        assert (await acme.deliver(delivery(f"oi {n}", phone=f"55419888877{n:02}"))).status_code == 200
    seen: list[str] = []
    after = ""
    while True:
        page = (await acme.get(f"/api/v1/conversations?limit=3&after={after}")).json()
        seen += [row["last_text"] for row in page["items"]]
        after = page["next"]
        if not after:
            break
    assert seen == [f"oi {n}" for n in reversed(range(7))]


async def test_pages_of_messages_go_back_to_the_first(acme: Company) -> None:
    for n in range(5):
        await acme.deliver(delivery(f"mensagem {n}"))
    ((conversation,),) = await acme.rows("SELECT id FROM conversation")
    path = f"/api/v1/conversations/{conversation}/messages"
    newest = (await acme.get(f"{path}?limit=2")).json()
    older = (await acme.get(f"{path}?limit=9&before={newest['next']}")).json()
    assert [m["text"] for m in newest["items"] + older["items"]] == [f"mensagem {n}" for n in (4, 3, 2, 1, 0)]
    assert older["next"] == ""


async def test_a_turn_can_be_read_with_its_reasons(acme: Company) -> None:
    await acme.post("/api/v1/flows", json=greeting())
    await acme.post("/api/v1/flows/greeting/publish", json={})
    await acme.deliver(delivery("oi"))
    ((conversation,),) = await acme.rows("SELECT id FROM conversation")
    topic = f"conversation/{acme.tenant}/{conversation}"
    assert acme.app.rt is not None
    async with asyncio.timeout(10), acme.app.rt.live.listen(topic) as news:
        while not (turns := (await acme.get(f"/api/v1/conversations/{conversation}/traces")).json()["items"]):
            await news.get()
    assert turns[0]["outcome"] == "waiting"
    messages = (await acme.get(f"/api/v1/conversations/{conversation}/messages")).json()["items"]
    assert [(m["author"], m["text"]) for m in messages] == [("bot", "Como se chama?"), ("contact", "oi")]


async def test_words_are_found_whatever_their_accents(acme: Company) -> None:
    await acme.deliver(delivery("Não recebi a FATURA de março"))
    for words, found in (("fatura marco", 1), ("fatura abril", 0), ('"; DROP TABLE message; --', 0)):
        page = await acme.get("/api/v1/conversations/search", params={"words": words})
        assert len(page.json()["items"]) == found


async def test_odd_parameters_are_named(acme: Company) -> None:
    for query in ("limit=0", "limit=9999", "limit=x", "state=ajar", "owner=me", "after=%%%", "after=AAAA"):
        answer = await acme.get(f"/api/v1/conversations?{query}")
        assert answer.status_code == 400, query
        assert answer.json()["path"] == "/" + query.partition("=")[0]
        code(answer)


async def test_ids_beyond_what_the_database_holds_are_not_found(acme: Company) -> None:
    for path in (f"/api/v1/contacts/{2**70}", f"/api/v1/conversations/{2**70}", "/api/v1/contacts/abc"):
        answer = await acme.get(path)
        assert answer.status_code == 404, answer.text
        code(answer)


async def test_health_says_what_is_and_readiness_no_more_than_needed(acme: Company) -> None:
    assert (await acme.client.get("/health/live")).json() == {"live": True}
    ready = await acme.client.get("/health/ready")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert all(not f["detail"] for f in ready.json()["findings"])
    health = (await acme.get("/api/v1/health")).json()
    assert health["state"] in ("ok", "warning") and health["queues"]["turns_due"] == 0


async def test_every_door_is_described(acme: Company) -> None:
    schema = (await acme.client.get("/schema/openapi.json")).json()
    described = set(schema["paths"])
    assert {
        "/api/v1/flows",
        "/api/v1/events/{name}",
        "/api/v1/conversations/{conversation}/messages",
    } <= described
    assert "/login" not in described


async def test_an_unknown_path_is_a_problem_document(acme: Company) -> None:
    assert code(await acme.get("/api/v1/nothing")) == "http:not-found"
    assert code(await acme.send("PATCH", "/api/v1/flows")) == "http:method-not-allowed"
