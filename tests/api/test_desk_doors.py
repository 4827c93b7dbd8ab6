"""The service desk over HTTP and WebSocket, as another program would use it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from doors import SITE, Company, code, delivery
from greeting import greeting, to_people
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from engine.api import live
from engine.services import agents, people, routing

PASSWORD = "uma-senha-comprida"


class Agent:
    """Somebody who works here, with a browser of their own."""

    def __init__(self, acme: Company, ident: int, client: httpx.AsyncClient, url: str) -> None:
        self.acme, self.id, self.client, self.url = acme, ident, client, url

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.client.post(f"/api/v1{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def get(self, path: str) -> Any:
        answer = await self.client.get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    @asynccontextmanager
    async def listening(self, path: str = "/ws/agent", **query: int) -> AsyncIterator[Ear]:
        cookies = "; ".join(f"{k}={v}" for k, v in self.client.cookies.items())
        asked = "&".join(f"{k}={v}" for k, v in query.items())
        async with connect(f"{self.url}{path}?{asked}", additional_headers={"cookie": cookies}) as socket:
            yield Ear(socket)


class Ear:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def hears(self, kind: str) -> list[dict[str, Any]]:
        """Frames up to one of this type, which is the last."""
        frames: list[dict[str, Any]] = []
        async with asyncio.timeout(10):
            while not frames or frames[-1]["type"] != kind:
                frames.append(msgspec.json.decode(await self._socket.recv()))
        return frames


@asynccontextmanager
async def agent(acme: Company, url: str, name: str, role: Any = "agent") -> AsyncIterator[Agent]:
    rt = acme.app.rt
    assert rt is not None
    email = f"{name}@acme.example"
    made = await people.save_person(rt, acme.tenant, email, name.title(), PASSWORD, [role])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(acme.app), base_url=SITE) as client:
        entered = await client.post("/login", data={"email": email, "password": PASSWORD})
        assert entered.status_code == 303
        yield Agent(acme, made.id, client, url)


@pytest.fixture
async def waiting(acme: Company) -> int:
    """A conversation that waits in the queue `cobranca`."""
    await acme.post("/api/v1/flows", json=to_people())
    await acme.post("/api/v1/flows/to_people/publish", json={})
    return await calls(acme, "5541988887777")


async def calls(acme: Company, phone: str) -> int:
    assert acme.app.rt is not None
    async with acme.app.rt.live.listen(f"tenant/{acme.tenant}") as news:
        await acme.deliver(delivery("oi", phone=phone))
        while (told := await asyncio.wait_for(news.get(), 10)).kind != "new_ticket":
            pass
    return told.conversation


async def test_a_day_at_the_desk(acme: Company, url: str, waiting: int) -> None:
    async with (
        agent(acme, url, "rui") as rui,
        agent(acme, url, "eva") as eva,
        agent(acme, url, "lia", "supervisor") as lia,
    ):
        queue = await lia.post("/queues", key="cobranca", name="Cobrança", settings={"text_position": ""})
        await lia.post("/queues", key="suporte", name="Suporte", members=[eva.id])
        async with rui.listening() as ear:
            await ear.hears("ready")
            await rui.client.put("/api/v1/agents/me/state", json={"state": "online"})
            assigned = (await ear.hears("ticket_assigned"))[-1]
            assert (assigned["conversation"], assigned["queue"]) == (waiting, "cobranca")
            await acme.deliver(delivery("tem alguém aí?"))
            await ear.hears("new_message")

            await rui.post(f"/conversations/{waiting}/messages", type="text", text="Aqui é o Rui")
            await rui.post(f"/conversations/{waiting}/transfer", queue="suporte", note="quer a segunda via")
            assert (await ear.hears("ticket_transferred"))[-1]["data"]["queue"] == "suporte"

        assert (await eva.post("/queues/next"))["conversation"] == waiting
        assert [n["text"] for n in await eva.get(f"/conversations/{waiting}/notes")] == ["quer a segunda via"]
        board = await lia.get("/tickets/board")
        assert [(t["queue"], t["state"], t["person_id"]) for t in board] == [("suporte", "serving", eva.id)]
        moved = await lia.post("/tickets/assign", tickets=[board[0]["id"], 999], person=rui.id)
        assert moved == {"moved": 1, "kept": [{"ticket": 999, "code": "ticket:unknown"}]}

        closed = await rui.post(f"/conversations/{waiting}/close", reason="pago")
        assert (closed["state"], closed["close_reason"]) == ("closed", "pago")
        figures = await lia.get(f"/queues/{queue['id']}/figures")
        assert (figures["came"], figures["transferred"]) == (1, 1)
        assert [s["state"] for s in await lia.get(f"/agents/{rui.id}/day")] == ["online"]
        assert (await lia.get("/agents/figures"))[0]["finished"] == 1


async def test_a_lost_connection_misses_nothing(acme: Company, url: str, waiting: int) -> None:
    rt = acme.app.rt
    assert rt is not None
    async with agent(acme, url, "rui") as rui:
        async with rui.listening() as ear:
            seen = (await ear.hears("ready"))[-1]["seq"]
        await agents.set_state(rt, acme.tenant, rui.id, "online")
        await routing.distribute(rt, acme.tenant)
        await acme.deliver(delivery("um", phone="5541988887777"))
        await acme.deliver(delivery("dois", phone="5541988887777"))
        for _ in range(2):
            async with rui.listening(since=seen) as ear:
                frames = await ear.hears("ready")
            kinds = [f["type"] for f in frames if f["type"] in ("ticket_assigned", "new_message")]
            assert kinds == ["ticket_assigned", "new_message", "new_message"]
            numbers = [f["seq"] for f in frames]
            assert numbers == sorted(numbers)
        async with rui.listening(since=frames[-1]["seq"]) as ear:
            assert [f["type"] for f in await ear.hears("ready")] == ["ready"]
        async with rui.listening(since=2**60) as ear:
            assert (await ear.hears("ready"))[0]["type"] == "reset"


async def test_watching_one_conversation(acme: Company, url: str, waiting: int) -> None:
    async with agent(acme, url, "rui") as rui:
        async with rui.listening(f"/ws/conversation/{waiting}") as ear:
            await ear.hears("ready")
            await rui.post(f"/conversations/{waiting}/take")
            await ear.hears("attendant_assigned")
            sent = await rui.post(f"/conversations/{waiting}/messages", type="text", text="oi")
            assert (await ear.hears("new_message"))[-1]["data"]["message"] == sent["id"]
            await rui.post(f"/conversations/{waiting}/close")
            await ear.hears("session_ended")
        async with rui.listening(f"/ws/conversation/{waiting}", message=sent["id"]) as ear:
            assert sent["id"] in [f.get("data", {}).get("message") for f in await ear.hears("ready")]


async def test_who_may_not_listen_is_told_why(acme: Company, rival: Company, url: str, waiting: int) -> None:
    async def reason(path: str, **headers: str) -> str:
        try:
            async with connect(f"{url}{path}", additional_headers=headers) as socket:
                while True:
                    await asyncio.wait_for(socket.recv(), 10)
        except ConnectionClosed as end:
            return end.rcvd.reason if end.rcvd is not None else ""

    assert await reason("/ws/agent") == "access:login-needed"
    stranger = {"x-api-key": rival.key}
    assert await reason(f"/ws/conversation/{waiting}", **stranger) == "conversation:unknown"
    async with connect(f"{url}/ws/agent", additional_headers={"x-api-key": acme.key}) as socket:
        await socket.send("[[[[")
        with pytest.raises(ConnectionClosed) as end:
            while True:
                await asyncio.wait_for(socket.recv(), 10)
    assert end.value.rcvd is not None
    assert end.value.rcvd.reason == "live:bad-frame"


async def test_of_two_who_reach_for_it_one_gets_it(acme: Company, url: str, waiting: int) -> None:
    async with agent(acme, url, "rui") as rui, agent(acme, url, "eva") as eva:
        epoch = (await rui.get(f"/conversations/{waiting}"))["epoch"]
        await rui.post(f"/conversations/{waiting}/take", epoch=epoch)
        late = await eva.client.post(f"/api/v1/conversations/{waiting}/take", json={"epoch": epoch})
        assert (late.status_code, code(late)) == (409, "conversation:taken")
        said = await eva.client.post(
            f"/api/v1/conversations/{waiting}/messages", json={"type": "text", "text": "oi"}
        )
        assert code(said) == "conversation:taken"


async def test_queues_are_kept_from_being_overwritten_and_emptied(
    acme: Company, url: str, waiting: int
) -> None:
    async with agent(acme, url, "lia", "supervisor") as lia:
        queue = await lia.post("/queues", key="cobranca", name="Cobrança")
        body = {"name": "Outra", "rev": queue["rev"]}
        path = f"/api/v1/queues/{queue['id']}"
        assert (await lia.client.put(path, json=body)).status_code == 200
        assert code(await lia.client.put(path, json=body)) == "queue:changed-meanwhile"
        assert code(await lia.client.delete(path)) == "queue:in-use"
        bad = await lia.client.put(
            path, json={"name": "x", "settings": {"mode": "rule", "rule": {"eligible": {"no": 1}}}}
        )
        assert (code(bad), bad.json()["path"]) == ("rule:unknown-operator", "/rule/eligible")
        assert (
            code(await lia.client.post("/api/v1/queues", json={"key": "cobranca", "name": "x"}))
            == "queue:exists"
        )
        actions = [
            r[0] for r in await acme.rows("SELECT action FROM audit WHERE subject LIKE 'queue:%' ORDER BY id")
        ]
        assert actions == ["queue_added", "queue_changed"]


async def test_an_agent_lets_a_flow_run_and_keeps_the_conversation(
    acme: Company, url: str, waiting: int
) -> None:
    """The flow asks, the customer answers the flow, and then the agent is the one who is heard again."""
    await acme.post("/api/v1/flows", json=greeting())
    async with agent(acme, url, "rui") as rui:
        path = f"/api/v1/conversations/{waiting}/flow"
        assert code(await rui.client.post(path, json={"flow": "greeting"})) == "flow:not-live"
        await acme.post("/api/v1/flows/greeting/publish", json={})
        await rui.post(f"/conversations/{waiting}/take")
        async with rui.listening(f"/ws/conversation/{waiting}") as ear:
            await ear.hears("ready")
            await rui.post(f"/conversations/{waiting}/flow", flow="greeting")
            await ear.hears("new_message")
            await acme.deliver(delivery("Bia"))
            await ear.hears("message_received")
            await ear.hears("new_message")
        texts = [r[0] for r in await acme.rows("SELECT text FROM message WHERE author = 'bot' ORDER BY id")]
        assert texts == ["Como se chama?", "Olá, Bia!"]
        row = await rui.get(f"/conversations/{waiting}")
        assert (row["owner"], row["person_id"], row["flow"]) == ("person", rui.id, "")
        await acme.deliver(delivery("obrigada"))
        await rui.post(f"/conversations/{waiting}/messages", type="text", text="De nada")
        outs = await acme.rows("SELECT author FROM message WHERE direction = 'out' ORDER BY id DESC LIMIT 1")
        assert outs == [("person",)]


async def test_who_is_let_out_does_not_go_on_listening(
    acme: Company, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "AGAIN_SECONDS", 0.05)
    async with agent(acme, url, "rui") as rui, rui.listening() as ear:
        await ear.hears("ready")
        await rui.client.post("/logout")
        with pytest.raises(ConnectionClosed) as end:
            await ear.hears("nothing")
    assert end.value.rcvd is not None
    assert end.value.rcvd.reason == "access:login-needed"
