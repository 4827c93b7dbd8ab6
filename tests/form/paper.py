"""A desk without a database: one document in memory, changed by the same commands as everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from builder_ui.editor.desk import Change, Paint
from builder_ui.texts import Texts
from engine.core.edit.apply import apply
from engine.core.edit.commands import Command
from engine.core.flow import Document
from engine.core.node import Problem
from engine.nodes import open_document
from engine.services import flow_checks
from engine.services.hints import Directory, FlowName


class Somebody:
    tenant = 1
    name = "Ana"


class Paper:
    """`Desk` for tests. `done` holds the commands that were carried out."""

    def __init__(self, document: Document, language: str = "pt-BR") -> None:
        self.rt: Any = None
        self.t = Texts(language)
        self.principal: Any = Somebody()
        self.flow_id = document.id
        self.document = document
        self.rev = 1
        self.problems: Sequence[Problem] = flow_checks.check(document, [])
        self.selection: tuple[str, ...] = ()
        self.editable = True
        self.done: list[Command] = []
        self.refuse = False
        self._changed: list[Callable[[Change], object]] = []
        self._problems: list[Callable[[Sequence[Problem]], object]] = []

    async def do(self, command: Command, *, words: str = "") -> bool:
        if self.refuse:
            return False
        self.take(command)
        self.done.append(command)
        return True

    def take(self, command: Command, *, mine: bool = True) -> None:
        """Carry it out and tell everybody, as if it came from this page or from another."""
        applied = apply(self.document, command)
        self.document = applied.document
        self.rev += 1
        for told in self._changed:
            told(Change(rev=self.rev, touched=applied.touched, mine=mine, who="Ana"))
        self.problems = flow_checks.check(self.document, [])
        for said in self._problems:
            said(self.problems)

    def node(self, ident: str) -> dict[str, Any]:
        return next(n for n in self.document.nodes if n["id"] == ident)

    def select(self, ids: Sequence[str], *, reveal: bool = True) -> None:
        self.selection = tuple(ids)

    def paint(self, layer: str, paint: Paint | None) -> None: ...

    def on_change(self, told: Callable[[Change], object]) -> None:
        self._changed.append(told)

    def on_select(self, told: Callable[[tuple[str, ...]], object]) -> None: ...

    def on_problems(self, told: Callable[[Sequence[Problem]], object]) -> None:
        self._problems.append(told)


def flow(*nodes: dict[str, Any], **more: Any) -> Document:
    """A flow of these nodes; the first is its start."""
    return open_document(
        {
            "format": 1, "id": "teste", "name": "Teste", "kind": "chatbot", "start": nodes[0]["id"],
            "nodes": list(nodes), **more,
        }
    )  # fmt: skip


async def names(*_: Any) -> Directory:
    """A company's names."""
    return Directory(
        flows=[
            FlowName(
                id="cobranca", name="Cobrança por Pix", kind="collection",
                arguments={"total": "money", "vip": "boolean"},
                results={"paid": "boolean"},
            )
        ],
        secrets=["erp_key", "crm_token"], queues=["Financeiro", "Suporte"], tags=["vip", "lead"],
        events=["payment.received"], fields=["contrato"],
    )  # fmt: skip
