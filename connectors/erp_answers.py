"""What the ERP answers, as flows see it (saved by `erp_lookup`). Money is centavos, dates ISO 8601, documents digits.

The ERP client checks every answer against these; members that an ERP adds are dropped, so that nothing hostile
travels further than it must.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Short = Annotated[str, Meta(max_length=300)]


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """`overdue_*` and `open_*` count invoices; `overdue_total` has fines and interest in it."""

    id: Short
    name: Short
    document: Short
    kind: Literal["person", "company"] = "person"
    email: Short = ""
    phone: Short = ""
    address: Short = ""
    status: Short = "active"
    open_count: int = 0
    open_total: int = 0
    overdue_count: int = 0
    overdue_total: int = 0
    oldest_overdue_days: int = 0


class Invoice(msgspec.Struct, frozen=True, kw_only=True):
    """`reference` is the month billed (`2026-09`); `amount` as billed, `updated` with fine and interest today."""

    id: Short
    number: Short
    customer_id: Short
    reference: Short
    due_date: Short
    amount: int
    updated: int
    status: Literal["open", "overdue", "paid", "disputed", "renegotiated"]
    days_overdue: int = 0
    kwh: int = 0
    boleto_line: Short = ""
    paid_at: str | None = None


class MeterReading(msgspec.Struct, frozen=True, kw_only=True):
    date: Short
    reading: int
    kwh: int
    estimated: bool = False


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """`total` is what is paid in the end; `discount` is what was taken off `original`."""

    id: Short
    customer_id: Short
    invoices: list[Short]
    original: int
    discount: int
    total: int
    instalments: int
    instalment_amount: int
    first_due: Short
    status: Literal["proposed", "accepted", "paid", "broken", "expired"] = "proposed"


class PaymentLink(msgspec.Struct, frozen=True, kw_only=True):
    """`pix` is the BR Code to copy."""

    id: Short
    customer_id: Short
    amount: int
    pix: Annotated[str, Meta(max_length=512)]
    url: Short = ""
    expires_at: Short = ""
    status: Literal["pending", "paid", "expired"] = "pending"
    invoices: list[Short] = []
    agreement: str | None = None
