"""Ask the company's ERP: customer, invoices, meter readings, agreements, payment link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from engine.core.events import AnyEvent, CallAnswered
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run
from engine.core.waiting import no_answer

Operation = Literal[
    "customer", "invoices", "invoice", "meter_readings", "agreements", "propose_agreement", "accept_agreement",
    "payment_link",
]  # fmt: skip


class ErpLookup(Node, tag="erp_lookup", frozen=True, kw_only=True):
    """Exits: `found`; `not_found` (nothing there, or an empty list); `error` when the ERP is out of reach."""

    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="storage",
        title={"pt-BR": "Consultar ERP", "en": "ERP look-up"},
        summary={
            "pt-BR": "Cliente, faturas, leituras, acordos e link de pagamento.",
            "en": "Customer, invoices, meter readings, agreements and payment link.",
        },
    )
    waits: ClassVar[bool] = True
    starter: ClassVar[dict[str, Any]] = {"operation": "customer", "save_as": "customer"}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="a customer by CPF",
            node={
                "type": "erp_lookup",
                "id": "who",
                "operation": "customer",
                "args": {"cpf": "{{ cpf }}"},
                "save_as": "customer",
            },
            vars={"cpf": "11111111111"},
            turns=[
                {"text": "oi", "effects": ["call"]},
                {
                    "answer": {"value": {"id": "c1", "name": "Maria Silva"}},
                    "exits": ["who.found"],
                    "vars": {"customer": {"id": "c1", "name": "Maria Silva"}},
                },
            ],
        ),
        Example(
            name="nobody of that CPF",
            node={
                "type": "erp_lookup",
                "id": "who",
                "operation": "customer",
                "args": {"cpf": "1"},
                "save_as": "customer",
            },
            turns=[{"text": "oi"}, {"answer": {"error": "erp:not-found"}, "exits": ["who.not_found"]}],
        ),
        Example(
            name="the ERP is down",
            node={
                "type": "erp_lookup",
                "id": "who",
                "operation": "customer",
                "args": {"cpf": "1"},
                "save_as": "customer",
            },
            turns=[{"text": "oi"}, {"answer": {"error": "erp:unavailable"}, "exits": ["who.error"]}],
        ),
    )

    operation: Annotated[Operation, Meta(title="What to ask")]
    args: Annotated[dict[str, Any], Meta(title="With", max_length=20)] = {}
    save_as: Annotated[str, Meta(title="Save as", pattern=r"^[a-z][a-z0-9_]*$")]
    timeout: Annotated[float, Meta(gt=0, le=60, title="Time limit (seconds)")] = 15.0

    def exits(self) -> list[str]:
        return ["found", "not_found", "error"]

    def error_exits(self) -> frozenset[str]:
        return frozenset({"error"})

    def writes(self) -> dict[str, str]:
        many = self.operation in ("invoices", "meter_readings", "agreements")
        return {self.save_as: "list" if many else "object"}

    def templates(self) -> Iterable[tuple[str, Words]]:
        return ((f"/args/{k}", v) for k, v in self.args.items() if isinstance(v, str))

    def enter(self, run: Run) -> Move:
        return run.call("erp", self.operation, run.fill(self.args), timeout=self.timeout)

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        match event:
            case CallAnswered(ok=True, value=value):
                run.set(self.save_as, value)
                return Go("found") if value not in (None, [], {}) else Go("not_found", "empty answer")
            case CallAnswered(error="erp:not-found"):
                run.set(self.save_as, None)
                return Go("not_found", "erp:not-found")
        return no_answer(run, self.id, event)
