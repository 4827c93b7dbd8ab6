"""Trying a draft: the world that it would meet, and the answers that services would give.

A trial runs in the process that shows it (`engine.core.tryout`); nothing here sends, stores or counts anything, but
for a live question to a service, which is really asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import msgspec

from connectors.calls import Ok
from connectors.erp import OPERATIONS
from connectors.fake.erp import seed
from connectors.fake.erp_ledger import Ledger, LedgerError
from connectors.registry import channel, channels
from engine.core import verdicts
from engine.core.effects import Call
from engine.core.errors import TramaError
from engine.core.flow import Document, Flows
from engine.core.tryout import Recipe, Setup, Trial, repeat
from engine.services import calls
from engine.services.flow_checks import Checker, opened
from engine.services.runtime import Runtime
from engine.services.worlds import holidays_of
from engine.store import contacts as contact_store
from engine.store import recordings, tenants
from engine.store.calls import Asked

NEAR = timedelta(days=370)
"""Holidays within so much of the clock are part of a trial's world: it may travel a year."""
MOST_RECORDED = 8
READING = frozenset(
    {
        ("erp", "customer"),
        ("erp", "invoices"),
        ("erp", "invoice"),
        ("erp", "meter_readings"),
        ("erp", "agreements"),
    }
)
"""Questions that change nothing at the other end: they may be asked live without asking the person first."""


class Sample(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer that could be given. `source`: ready (made up from the demonstration's books), test, conversation, live
    or fault. `title` names it where the source does not say enough: a customer, a test, an error's code."""

    source: Literal["ready", "test", "conversation", "live", "fault"]
    title: str = ""
    value: Any = None
    error: str = ""

    @property
    def answer(self) -> dict[str, Any]:
        """As a test's turn has it."""
        return {"error": self.error} if self.error else {"value": self.value}


FAULTS = ("unavailable", "timeout", "not-found")


def kinds() -> list[str]:
    """Channels that a trial can be on."""
    return sorted(channels())


async def setup(
    rt: Runtime,
    tenant: int,
    kind: str,
    *,
    contact: int | None = None,
    made_up: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Setup:
    """What the draft would meet on this channel, with this contact or a made-up one, by the company's clock.
    Raises `contact:unknown`, `channel:unknown`."""
    async with rt.db.tenant(tenant) as c:
        company = await tenants.get(c)
        row = await contact_store.get(c, contact) if contact is not None else None
    settings = company.settings
    now = at or (rt.now() + company.clock_offset)
    person: dict[str, Any] = {"id": "contact-1", "name": "", "phone": "", "tags": [], "fields": {}}
    if row is not None:
        person = msgspec.to_builtins(row) | {"id": str(row.id)}
    person |= made_up or {}
    days = holidays_of(settings, now.year)
    world: dict[str, Any] = {
        "contact": person,
        "conversation": {"id": "try", "channel": kind, "protocol": "TESTE-1", "messages": 0},
        "channel": kind,
        "limits": channel(kind).limits,
        "language": person.get("language") or settings.language,
        "zone": settings.zone,
        "hours": settings.hours,
        "holidays": {d.isoformat(): name for d, name in days.items() if abs(d - now.date()) < NEAR},
        "commands": settings.commands,
        "company": settings.company,
    }
    return Setup(at=now.replace(microsecond=0).isoformat(), world=msgspec.to_builtins(world))


def begin(document: Document, checker: Checker, setup: Setup) -> Trial:
    """A trial of the draft. Raises what the setup is refused with (`test:…`)."""
    flow = opened(document).flow
    return Trial(flow, checker.book(flow), setup)


def again(recipe: Recipe, document: Document, checker: Checker) -> tuple[Trial, int]:
    """The same inputs on the draft as it is now; how many could not be given any more."""
    flow = opened(document).flow
    return repeat(recipe, flow, checker.book(flow))


async def answers(
    rt: Runtime, tenant: int, document: Document, checker: Checker, call: Call, now: datetime
) -> list[Sample]:
    """What could be answered to a call: as in the flow's tests and in conversations, ready-made, or a fault."""
    found = _from_tests(document, checker, call)
    async with rt.db.tenant(tenant) as c:
        rows = await recordings.answered(c, call.service, call.operation, limit=MOST_RECORDED)
    for row in rows:
        title = ", ".join(str(v) for v in row.args.values() if isinstance(v, str | int))[:60]
        found.append(Sample(source="conversation", title=title, value=row.value, error=row.error))
    found += ready(call, now)
    found += [Sample(source="fault", title=f, error=f"{call.service}:{f}") for f in FAULTS]
    return _different(found)


def _from_tests(document: Document, checker: Checker, call: Call) -> list[Sample]:
    """Answers that the flow's own tests give to the same question. A test that cannot be played gives none."""
    flow = opened(document).flow
    book: Flows = checker.book(flow)
    found = []
    for test in document.tests:
        if not any(turn.answer is not None for turn in test.turns):
            continue
        try:
            player = verdicts.stage(flow, test, book)
            for turn in test.turns:
                asked = player.open_call
                same = asked is not None and (asked.service, asked.operation) == (
                    call.service,
                    call.operation,
                )
                if turn.answer is not None and same:
                    error = str(turn.answer.get("error", ""))
                    value = turn.answer.get("value")
                    found.append(Sample(source="test", title=test.name, value=value, error=error))
                player.play(verdicts.called(flow.id, test, turn))
        except TramaError:
            continue
    return found


def ready(call: Call, now: datetime) -> list[Sample]:
    """Sensible answers of the ERP, out of the demonstration's books as they stand at `now`; others get a small one."""
    if call.service != "erp":
        return [Sample(source="ready", value={"status": 200, "body": {}} if call.service == "http" else {})]
    found = []
    for entry in seed()["customers"][:2]:
        ledger = Ledger(seed(), now.date())
        try:
            value = _shaped(call.operation, _ledger_answer(ledger, str(entry["id"]), call, now))
        except (KeyError, LedgerError):
            # these books have no such thing for this customer
            continue
        found.append(Sample(source="ready", title=str(entry["name"]), value=value))
    return found


def _ledger_answer(ledger: Ledger, customer: str, call: Call, now: datetime) -> Any:
    """Raises KeyError where this customer has nothing to answer with."""
    today = now.date()
    owed = [i for i in ledger.of_customer(customer, today) if i["status"] != "paid"]
    match call.operation:
        case "customer":
            return ledger.customer(customer, today)
        case "invoices":
            return ledger.of_customer(customer, today, str(call.args.get("status") or ""))
        case "invoice":
            return ledger.of_customer(customer, today)[-1]
        case "meter_readings":
            return ledger.readings(customer)
        case "agreements":
            return ledger.agreements_of(customer)
    if not owed:
        raise KeyError(customer)
    match call.operation:
        case "propose_agreement":
            return ledger.propose({"customer_id": customer, "instalments": 1}, "try-agreement", now)
        case "accept_agreement":
            made = ledger.propose({"customer_id": customer, "instalments": 1}, "try-agreement", now)
            return ledger.accept(made["id"], now)
        case "payment_link":
            return ledger.link({"customer_id": customer, "invoices": [owed[0]["id"]]}, "try-link", now)
    raise KeyError(call.operation)


def _shaped(operation: str, value: Any) -> Any:
    """As the ERP's client hands it to the flow."""
    known = OPERATIONS[operation]
    shaped = msgspec.to_builtins(msgspec.convert({"items": value} if known.items else value, known.shape))
    return shaped["items"] if known.items else shaped


def _different(found: Sequence[Sample]) -> list[Sample]:
    """Each answer once, as the first source has it."""
    seen: set[bytes] = set()
    kept = []
    for one in found:
        key = msgspec.json.encode(one.answer)
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept


async def live(rt: Runtime, tenant: int, call: Call) -> Sample:
    """Really ask the service. What it changes there stays changed: ask the person first unless it is in `READING`."""
    asked = Asked(
        id=f"try-{uuid4()}", conversation=None, epoch=None, service=call.service, operation=call.operation,
        args=msgspec.json.encode(call.args), answers=True, deadline=None, timeout=call.timeout, attempts=1,
    )  # fmt: skip
    result = await calls.ask_now(rt, tenant, asked)
    if isinstance(result, Ok):
        return Sample(source="live", value=result.value)
    return Sample(source="live", error=result.code)
