"""The panel of the ERP: the books of the customer who writes, and the payment that a presenter can make for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from builder_ui.elements.native import node, press, word
from builder_ui.elements.states import TONES, Tone, chip, pairs, table
from builder_ui.texts import Texts
from engine.services import contacts, conversations
from engine.services.demo import Demo
from engine.services.runtime import Runtime

Json = dict[str, Any]


class Books:
    """`pay` is told the id of a payment link."""

    def __init__(self, rt: Runtime, demo: Demo, t: Texts, pay: Callable[[str], Awaitable[None]]) -> None:
        self._rt, self._demo, self._t, self._pay = rt, demo, t, pay
        self._place = node("div", "cards")
        self._draw("")

    async def refresh(self, conversation: int | None) -> None:
        """Show the customer of the conversation, or all where it is nobody's yet."""
        self._draw(await self._document(conversation))

    async def open_link(self, conversation: int | None) -> str | None:
        """The id of the latest charge of the conversation's customer that is not paid."""
        ledger = self._demo.erp.ledger
        mine = {c["id"] for c in ledger.find(await self._document(conversation))}
        waiting = [
            k for k, v in ledger.links.items() if v["customer_id"] in mine and v["status"] == "pending"
        ]
        return waiting[-1] if waiting else None

    async def _document(self, conversation: int | None) -> str:
        if conversation is None:
            return ""
        row = await conversations.conversation(self._rt, self._demo.tenant, conversation)
        return (await contacts.contact(self._rt, self._demo.tenant, row.contact_id)).contact.cpf

    def _draw(self, document: str) -> None:
        found = self._demo.erp.ledger.find(document)
        self._place.clear()
        with self._place:
            if found:
                self._customer(found[0]["id"])
            else:
                self._everyone()

    def _everyone(self) -> None:
        t, ledger = self._t, self._demo.erp.ledger
        today = self._demo.time.moment().date()
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("books.customers"))
            word("p", t("books.hint"), "quiet")
            rows: list[list[str | tuple[str, Tone]]] = []
            for ident in ledger.customers:
                one = ledger.customer(ident, today)
                rows.append([one["name"], document_of(one["document"]), self._state(one["situation"])])
            heads = [t("books.name"), t("books.document"), t("books.situation")]
            table(t("books.customers"), heads, rows)

    def _customer(self, ident: str) -> None:
        t, ledger = self._t, self._demo.erp.ledger
        today = self._demo.time.moment().date()
        one = ledger.customer(ident, today)
        links = [link for link in ledger.links.values() if link["customer_id"] == ident]
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", one["name"])
                chip(*self._state(one["situation"]))
            pairs(
                [
                    (t("books.document"), document_of(one["document"])),
                    (t("books.owed"), brl(one["open_total"])),
                    (t("books.late"), f"{brl(one['overdue_total'])} ({one['overdue_count']})"),
                ]
            )
        for link in reversed(links):
            self._link(link)
        self._agreements(ident)
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("books.invoices"))
            rows: list[list[str | tuple[str, Tone]]] = [
                [i["number"], day(i["due_date"]), brl(i["updated"]), self._state(i["status"])]
                for i in reversed(ledger.of_customer(ident, today))
            ]
            table(
                t("books.invoices"),
                [t("books.number"), t("books.due"), t("books.amount"), t("books.state")],
                rows,
            )

    def _link(self, link: Json) -> None:
        t, ident = self._t, link["id"]
        with node("section", "card link-card"):
            with node("div", "card-head"):
                word("h2", t("books.link"))
                chip(*self._state(link["status"]))
            pairs([(t("books.amount"), brl(link["amount"])), (t("books.number"), ident)])
            if link["status"] == "pending":
                press(t("books.pay"), lambda: self._pay(ident), "primary", icon="payments")

    def _agreements(self, ident: str) -> None:
        t = self._t
        for agreement in self._demo.erp.ledger.agreements_of(ident):
            with node("section", "card"):
                with node("div", "card-head"):
                    word("h2", t("books.agreement", id=agreement["id"]))
                    chip(*self._state(agreement["status"]))
                rows: list[list[str | tuple[str, Tone]]] = [
                    [str(p["number"]), day(p["due_date"]), brl(p["amount"]), self._state(p["status"])]
                    for p in agreement["schedule"]
                ]
                table(t("books.schedule"), ["#", t("books.due"), t("books.amount"), t("books.state")], rows)

    def _state(self, name: str) -> tuple[str, Tone]:
        return self._t.known("state", name), TONES.get(name, "plain")


def brl(centavos: int) -> str:
    """`R$ 1.234,56`."""
    return "R$ " + f"{centavos / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def day(iso: str) -> str:
    """`2026-11-21` as `21/11/2026`."""
    return "/".join(reversed(iso[:10].split("-")))


def document_of(digits: str) -> str:
    """A CPF or CNPJ with its points."""
    if len(digits) == 11:
        return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"
    if len(digits) == 14:
        return f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-{digits[12:]}"
    return digits
