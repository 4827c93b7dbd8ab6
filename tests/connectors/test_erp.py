"""The ERP client and the mock ERP, over HTTP in one process."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from connectors.calls import CallResult, Failed, Ok
from connectors.contract import Response
from connectors.driver import Driver
from connectors.erp import OPERATIONS, ErpSettings, operation
from connectors.fake.asgi import AsgiWire, Call, app, reply
from connectors.fake.erp import FakeErp, seed
from connectors.wire import WireFailure
from engine.core.pix import fields


class Shop:
    """The mock ERP with a clock that stands still, a client, and somebody who hears of payments."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        self.heard: list[Call] = []
        self.refusals = 0
        company = AsgiWire({"company": app(self._webhook)})
        self.erp = FakeErp(
            callback_url="http://company/events",
            callback_headers={"authorization": "Bearer key"},
            clock=lambda: self.now,
            wire=company,
            retry_pauses=(0, 0),
            slow_seconds=5,
        )
        self.settings = ErpSettings(base_url="http://erp", api_key="fake-erp-key", timeout=0.2)
        self.driver = Driver(wire=AsgiWire({"erp": self.erp.app}))

    async def _webhook(self, call: Call) -> Response:
        self.heard.append(call)
        self.refusals -= 1
        return reply({}, 503 if self.refusals >= 0 else 200)

    async def ask(self, name: str, **args: Any) -> CallResult:
        return await self.driver.drive(operation(self.settings, name, args))

    async def get(self, name: str, **args: Any) -> Any:
        found = await self.ask(name, **args)
        assert isinstance(found, Ok), found
        return found.value


async def test_maria_has_paid_all() -> None:
    shop = Shop()
    maria = await shop.get("customer", cpf="111.111.111-11")
    assert (maria["name"], maria["situation"], maria["overdue_total"]) == ("Maria Silva", "up_to_date", 0)
    assert await shop.get("invoices", customer_id=maria["id"], status="unpaid") == []
    assert len(await shop.get("invoices", customer_id=maria["id"], status="paid")) == 3


async def test_joao_owes_and_his_debt_grows() -> None:
    shop = Shop()
    joao = await shop.get("customer", cpf="22222222222")
    late = await shop.get("invoices", customer_id=joao["id"], status="overdue")
    assert [invoice["days_overdue"] for invoice in late] == [97, 66, 36]
    first = late[0]
    assert first["updated"] == 24590 + 24590 * 2 // 100 + 24590 * 97 // 3000
    assert joao["overdue_total"] == sum(invoice["updated"] for invoice in late)
    shop.now += timedelta(days=30)
    assert (await shop.get("customer", id=joao["id"]))["overdue_total"] > joao["overdue_total"]


async def test_joao_negotiates_pays_by_pix_and_the_company_hears_of_it() -> None:
    shop = Shop()
    joao = await shop.get("customer", cpf="22222222222")
    proposal = await shop.get("propose_agreement", customer_id=joao["id"], instalments="1")
    assert proposal["original"] == joao["overdue_total"]
    assert proposal["discount"] == (joao["overdue_total"] * 15 + 50) // 100
    assert proposal["total"] == proposal["original"] - proposal["discount"] == proposal["instalment_amount"]

    early = await shop.ask("payment_link", agreement=proposal["id"])
    assert isinstance(early, Failed)
    assert early.code == "erp:agreement-not-active"

    assert (await shop.get("accept_agreement", agreement_id=proposal["id"]))["status"] == "accepted"
    link = await shop.get(
        "payment_link", agreement=proposal["id"], customer_id=joao["id"], invoices="", key="k"
    )
    assert fields(link["pix"])["54"] == f"{proposal['total'] / 100:.2f}"

    shop.refusals = 1
    await shop.erp.pay(link["id"])
    await shop.erp.pay(link["id"])
    await shop.erp.flush()
    refused, heard = shop.heard
    assert refused.body == heard.body
    signature = hmac.new(b"fake-erp-secret", heard.body, hashlib.sha256).hexdigest()
    assert heard.headers["x-signature-256"] == f"sha256={signature}"
    assert heard.headers["authorization"] == "Bearer key"
    event = heard.json()
    assert (event["event"], event["data"]["amount"]) == ("payment.received", proposal["total"])
    assert event["data"]["document"] == "22222222222"
    assert (await shop.get("customer", id=joao["id"]))["overdue_count"] == 0


async def test_in_instalments_there_is_no_discount_and_each_is_paid_for_itself() -> None:
    shop = Shop()
    proposal = await shop.get("propose_agreement", customer_id="c-002", instalments=3)
    assert proposal["discount"] == 0
    assert sum(part["amount"] for part in proposal["schedule"]) == proposal["total"]
    await shop.get("accept_agreement", agreement_id=proposal["id"])
    for number in (1, 2, 3):
        link = await shop.get("payment_link", agreement=proposal["id"])
        assert link["instalment"] == number
        await shop.erp.pay(link["id"])
    [agreement] = await shop.get("agreements", customer_id="c-002")
    assert agreement["status"] == "fulfilled"
    assert await shop.get("invoices", customer_id="c-002", status="overdue") == []


async def test_the_same_key_makes_one_agreement() -> None:
    shop = Shop()
    one = await shop.get("propose_agreement", customer_id="c-002", instalments=2, key="once")
    two = await shop.get("propose_agreement", customer_id="c-002", instalments=2, key="once")
    other = await shop.ask("propose_agreement", customer_id="c-002", instalments=3, key="once")
    assert one == two
    assert isinstance(other, Failed)
    assert other.code == "erp:idempotency-conflict"


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("customer", {"cpf": "99999999999"}, "erp:not-found"),
        ("customer", {"cpf": "não sei"}, "erp:not-found"),
        ("customer", {}, "erp:missing-argument"),
        ("invoices", {"customer_id": ".."}, "erp:not-found"),
        ("invoices", {"customer_id": "c-001/../c-002"}, "erp:not-found"),
        ("invoice", {"id": "x?y=1"}, "erp:not-found"),
        ("propose_agreement", {"customer_id": "c-001", "instalments": 1}, "erp:nothing-to-negotiate"),
        ("propose_agreement", {"customer_id": "c-002", "instalments": 99}, "erp:too-many-instalments"),
        ("payment_link", {"invoices": ["f-1003"]}, "erp:nothing-to-pay"),
        ("payment_link", {"invoices": ["f-2002"], "customer_id": "c-001"}, "erp:nothing-to-pay"),
        ("accept_agreement", {"agreement_id": "a-99"}, "erp:not-found"),
        ("drop_tables", {}, "erp:unknown-operation"),
    ],
)
async def test_what_cannot_be_done_says_so(name: str, args: dict[str, Any], code: str) -> None:
    found = await Shop().ask(name, **args)
    assert isinstance(found, Failed)
    assert (found.code, found.retryable) == (code, False)


@pytest.mark.parametrize(
    ("mode", "code", "retryable"),
    [("down", "erp:unavailable", True), ("slow", "erp:timeout", True), ("wrong", "erp:bad-answer", False)],
)
async def test_faults(mode: Any, code: str, retryable: bool) -> None:
    shop = Shop()
    shop.erp.fault(mode, times=1)
    found = await shop.ask("customer", cpf="11111111111")
    assert isinstance(found, Failed)
    assert (found.code, found.retryable, found.fault) == (code, retryable, True)
    assert isinstance(await shop.ask("customer", cpf="11111111111"), Ok)


async def test_a_lost_creating_call_without_a_key_is_unknown() -> None:
    shop = Shop()
    shop.erp.fault("slow")
    lost = await shop.ask("propose_agreement", customer_id="c-002", instalments=1)
    kept = await shop.ask("propose_agreement", customer_id="c-002", instalments=1, key="k")
    assert isinstance(lost, Failed)
    assert isinstance(kept, Failed)
    assert (lost.unknown, lost.retryable, kept.unknown, kept.retryable) == (True, False, False, True)


async def test_a_wrong_key_is_told_apart_and_not_shown() -> None:
    shop = Shop()
    shop.settings = msgspec.structs.replace(shop.settings, api_key="hush")
    found = await shop.ask("customer", cpf="1")
    assert isinstance(found, Failed)
    assert found.code == "erp:unauthorized"
    assert "hush" not in f"{found!r} {shop.settings!r}"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"items": 7},
        {"items": [{"id": "1", "name": "x" * 301, "document": "1"}]},
        {"items": [{"id": "1", "name": "A", "document": "1", "overdue_total": -5}]},
        {"items": [{"id": "1", "name": "A", "document": "1", "overdue_total": "NaN"}]},
    ],
)
def test_an_answer_of_another_shape_is_refused(drive: Any, answer: Any) -> None:
    _, found = drive(operation(ErpSettings(base_url="http://erp"), "customer", {"cpf": "1"}), answer)
    assert found.code == "erp:bad-answer"


def test_fields_that_nobody_asked_for_are_dropped(drive: Any) -> None:
    answer = {
        "items": [{"id": "1", "name": "A\u0000", "document": "1", "__class__": "x", "huge": "y" * 1000}]
    }
    _, found = drive(operation(ErpSettings(base_url="http://erp"), "customer", {"cpf": "1"}), answer)
    assert found.value["name"] == "A\ufffd"
    assert not {"huge", "__class__"} & set(found.value)


def test_an_address_that_is_refused_is_no_fault_of_the_erp(drive: Any) -> None:
    _, found = drive(
        operation(ErpSettings(base_url="http://erp"), "customer", {"id": "1"}), WireFailure("wire:refused")
    )
    assert (found.code, found.retryable, found.fault) == ("erp:refused", False, False)


@pytest.mark.parametrize("ident", ["..", ".", "a/../b", "x?y=1", "x#y", "http://evil/", "é\n"])
def test_an_id_stays_one_part_of_the_path(drive: Any, ident: str) -> None:
    plan = operation(ErpSettings(base_url="http://erp/v1"), "invoices", {"customer_id": ident})
    [request], _ = drive(plan, {"items": []})
    before, between, after = request.url.partition("/customers/")
    assert (before, between) == ("http://erp/v1", "/customers/")
    part = after.removesuffix("/invoices")
    assert unquote(part) == ident
    assert not {"/", "?", "#"} & set(part)
    assert part.strip(".")


async def test_every_seeded_customer_can_be_asked_about() -> None:
    shop = Shop()
    for entry in seed()["customers"]:
        customer = await shop.get("customer", cpf=entry["document"])
        for name in ("invoices", "meter_readings", "agreements"):
            assert isinstance(await shop.get(name, customer_id=customer["id"]), list)
    assert {"customer", "payment_link"} <= set(OPERATIONS)
