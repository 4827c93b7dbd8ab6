"""The stand-in of the Graph API, used by the real channel through the real driver."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from connectors.contract import Delivery, NotSent, Outcome, Received, Request, Response, Sent
from connectors.driver import Driver
from connectors.fake.asgi import AsgiWire, Call, app, reply
from connectors.fake.graph import FakeGraph
from connectors.whatsapp_cloud import Settings, WhatsAppCloud
from engine.core.inbound import ChannelEvent, Identity, MessageIn, StatusIn
from engine.core.message import Button, Buttons, Chosen, Media, Outbound, PixPayment, Template, Text

channel = WhatsAppCloud()
NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Company:
    """A webhook and a sender, both made of the real parts."""

    def __init__(self, **settings: Any) -> None:
        self.time = 1_795_000_000.0
        self.status = 200
        self.events: list[ChannelEvent] = []
        self.forged = 0
        self.graph = FakeGraph(
            callback_url="http://company/webhooks/whatsapp/1",
            wire=AsgiWire({"company": app(self._webhook)}),
            clock=lambda: self.time,
            delay=0,
            retry_pauses=(0, 0, 0),
            **settings,
        )
        self.driver = Driver(wire=AsgiWire({"graph": self.graph.app}))
        self.settings = Settings(
            base_url="http://graph",
            phone_number_id=self.graph.phone_number_id,
            app_secret="fake-app-secret",
            access_token="fake-access-token",
            verify_token="fake-verify-token",
        )

    async def _webhook(self, call: Call) -> Response:
        received = Received(method=call.method, headers=call.headers, query=call.query, body=call.body)
        if call.method == "GET":
            answer = channel.handshake(self.settings, received)
            return Response(status=answer.status, body=answer.body)
        if not channel.verify(self.settings, received):
            self.forged += 1
            return reply({}, 401)
        if self.status == 200:
            self.events += channel.parse(self.settings, call.body)
        return reply({}, self.status)

    async def says(
        self, content: Outbound, to: str = "5541988887777", ident: str = "o1", **more: Any
    ) -> Outcome:
        delivery = Delivery(id=ident, to=[Identity("wa_id", to)], content=content)
        settings = msgspec.structs.replace(self.settings, **more)
        return await self.driver.run(channel.send(settings, delivery, NOW))

    def statuses(self) -> list[str]:
        return [event.status for event in self.events if isinstance(event, StatusIn)]


async def test_the_webhook_is_proved_before_use() -> None:
    assert await Company().graph.handshake()
    assert not await Company(verify_token="another").graph.handshake()


async def test_a_conversation_both_ways() -> None:
    company = Company()
    wamid = await company.graph.user_says("5541988887777", text="Olá, é aqui? / 👋", name="João")
    [heard] = company.events
    assert isinstance(heard, MessageIn)
    assert (heard.key, heard.sender.name, heard.content) == (wamid, "João", Text("Olá, é aqui? / 👋"))

    outcome = await company.says(Buttons("Confirma?", [Button("s", "Sim"), Button("n", "Não")]))
    await company.graph.flush()
    assert isinstance(outcome, Sent)
    assert outcome.external_ids == [company.graph.sent[0].id]
    assert company.statuses() == ["sent", "delivered", "read"]
    assert {event.outbox for event in company.events if isinstance(event, StatusIn)} == {"o1"}

    await company.graph.user_says("5541988887777", button=("s", "Sim"), reply_to=outcome.external_ids[0])
    answer = company.events[-1]
    assert isinstance(answer, MessageIn)
    assert answer.content == Chosen("s", "Sim")
    assert answer.reply_to == outcome.external_ids[0]
    assert company.forged == 0


@pytest.mark.parametrize(
    "content",
    [
        {"row": ("1", "Faturas")},
        {"template_button": ("p", "Pagar")},
        {"location": (-25.4, -49.2)},
        {"contact": ("Zé", "5541988881111")},
        {"reaction": ("wamid.X", "👍")},
        {"form": {"cpf": "1"}},
        {"edit": ("wamid.X", "novo")},
        {"revoke": "wamid.X"},
        {"new_number": "5541977776666"},
        {"media": ("audio", b"ogg", "audio/ogg")},
        {"raw": {"type": "hologram"}},
    ],
    ids=lambda content: next(iter(content)),
)
async def test_a_person_can_do_anything(content: dict[str, Any]) -> None:
    company = Company()
    await company.graph.user_says("5541988887777", **content)
    assert len(company.events) == 1


async def test_a_sent_picture_comes_back_by_its_id() -> None:
    company = Company()
    await company.graph.user_says("5541988887777", media=("image", b"\xff\xd8jpeg", "image/jpeg"))
    message = company.events[0]
    assert isinstance(message, MessageIn)
    assert isinstance(message.content, Media)
    found = await company.driver.drive(channel.fetch_media(company.settings, message.content.ref))
    assert isinstance(found, Response)
    assert (found.body, found.headers["content-type"]) == (b"\xff\xd8jpeg", "image/jpeg")


async def test_pix_arrives_with_its_picture() -> None:
    company = Company()
    await company.says(PixPayment("Pague até amanhã", "00020126580014br.gov.bcb.pix", 1000))
    assert [message.type for message in company.graph.sent] == ["text", "image", "text"]
    data, mime = company.graph.media[company.graph.sent[1].payload["id"]]
    assert (mime, data[:4]) == ("image/png", b"\x89PNG")


@pytest.mark.parametrize(
    ("fault", "policy", "taken"),
    [
        ({"error": 131056}, "pace", 0),
        ({"error": 190}, "stop_channel", 0),
        ({"error": 131000}, "retry", 0),
        ({"error": "drop"}, "unknown", 1),
        ({"error": "drop_before"}, "unknown", 0),
    ],
)
async def test_planned_faults(fault: dict[str, Any], policy: str, taken: int) -> None:
    company = Company()
    company.graph.script(**fault)
    outcome = await company.says(Text("oi"))
    assert isinstance(outcome, NotSent)
    assert (outcome.policy, len(company.graph.sent)) == (policy, taken)
    assert isinstance(await company.says(Text("oi")), Sent)


async def test_a_lost_answer_is_told_later_by_its_status() -> None:
    company = Company()
    company.graph.script("drop", match={"contains": "oi"})
    assert isinstance(await company.says(Text("oi"), ident="outbox-9"), NotSent)
    await company.graph.flush()
    assert [e.outbox for e in company.events if isinstance(e, StatusIn)] == ["outbox-9"] * 3


@pytest.mark.parametrize(
    "plan", [["read", "sent", "delivered"], ["sent", "sent", "delivered"], ["sent", "read"], ["failed"], []]
)
async def test_statuses_come_as_planned(plan: list[str]) -> None:
    company = Company()
    company.graph.script("statuses", statuses=plan)
    await company.says(Text("oi"))
    await company.graph.flush()
    assert company.statuses() == plan


async def test_outside_the_window_a_text_fails_and_a_template_arrives() -> None:
    company = Company()
    company.graph.template("cobranca", "pt_BR", 1)
    await company.graph.user_says("5541988887777", text="oi")
    company.time += 25 * 3600
    await company.says(Text("ainda aí?"))
    await company.says(Template("cobranca", body=["Ana"]))
    await company.graph.flush()
    assert company.statuses() == ["failed", "sent", "delivered", "read"]
    failed = next(event for event in company.events if isinstance(event, StatusIn))
    assert failed.errors[0].code == 131047


async def test_the_46th_message_at_once_to_one_person_is_too_much() -> None:
    company = Company(statuses=())
    outcomes = [await company.says(Text(str(i))) for i in range(46)]
    assert [type(outcome) for outcome in outcomes] == [Sent] * 45 + [NotSent]
    assert isinstance(await company.says(Text("oi"), to="5541977776666"), Sent)
    company.time += 6
    assert isinstance(await company.says(Text("oi")), Sent)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"access_token": "stale"}, "whatsapp_cloud:token-expired"),
        ({"phone_number_id": "999"}, "whatsapp_cloud:invalid-parameter"),
    ],
)
async def test_wrong_credentials(change: dict[str, str], code: str) -> None:
    outcome = await Company().says(Text("oi"), **change)
    assert isinstance(outcome, NotSent)
    assert outcome.code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 100),
        ({"text": {"body": "x" * 4097}}, 100),
        ({"text": {"body": " "}}, 131008),
        ({"to": "joão", "text": {"body": "x"}}, 131009),
        ({"type": "fax", "fax": {}}, 131051),
        ({"type": "image", "image": {"id": "1"}}, 131053),
        ({"type": "template", "template": {"name": "no", "language": {"code": "pt_BR"}}}, 132001),
        ({"hologram": 1, "text": {"body": "x"}}, 100),
    ],
)
async def test_what_meta_refuses_is_refused(body: dict[str, Any], code: int) -> None:
    company = Company()
    whole = {"messaging_product": "whatsapp", "to": "5541988887777", **body} if body else {}
    request = Request(
        method="POST",
        url=company.settings.url(company.settings.phone_number_id, "messages"),
        headers=company.settings.headers(),
        json=whole,
    )
    answer = await company.driver.request(request)
    assert msgspec.json.decode(answer.body)["error"]["code"] == code
    assert not company.graph.sent


async def test_a_webhook_that_is_refused_comes_again() -> None:
    company = Company()
    company.status = 503
    await company.graph.user_says("5541988887777", text="oi")
    assert company.events == []
    company.status = 200
    await company.graph.flush()
    assert len(company.events) == 1


async def test_it_is_steered_over_http(call: Callable[..., Any]) -> None:
    company = Company()
    await call(company.graph.app, "POST", "/_script", {"error": 131026, "times": 1})
    await call(company.graph.app, "POST", "/_inbound", {"from": "5541988887777", "text": "oi"})
    assert isinstance(company.events[0], MessageIn)
    assert isinstance(await company.says(Text("um")), NotSent)
    waiting = asyncio.create_task(call(company.graph.app, "GET", "/_sent?after=0&wait=5"))
    await asyncio.sleep(0)
    await company.says(Text("dois"))
    assert [message["text"] for message in await waiting] == ["dois"]
    kinds = [event["type"] for event in await call(company.graph.app, "GET", "/_events?after=0")]
    assert kinds == ["inbound", "fault", "message"]
    await call(company.graph.app, "POST", "/_reset")
    assert not company.graph.sent


async def test_listening() -> None:
    company = Company()

    async def first_two() -> list[str]:
        heard: list[str] = []
        async for event in company.graph.listen():
            heard.append(event.type)
            if len(heard) == 2:
                return heard
        return heard

    listening = asyncio.create_task(first_two())
    await asyncio.sleep(0)
    await company.says(Text("oi"))
    await company.driver.run(channel.mark_read(company.settings, "wamid.1", typing=False))
    assert await listening == ["message", "read"]
