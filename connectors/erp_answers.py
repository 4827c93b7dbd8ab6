"""What the ERP may answer: known fields only, with bounds. Everything else of its answer is dropped or refused."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Line = Annotated[str, Meta(max_length=300)]
Centavos = Annotated[int, Meta(ge=0, le=10**13)]
Count = Annotated[int, Meta(ge=0, le=10**9)]


class Option(msgspec.Struct, frozen=True):
    instalments: Annotated[int, Meta(ge=1, le=600)]
    total: Centavos
    instalment_amount: Centavos
    discount: Centavos = 0


class Dispute(msgspec.Struct, frozen=True):
    id: Id
    invoice: Line = ""
    reason: Line = ""
    status: Line = ""
    opened_at: Line = ""


class Customer(msgspec.Struct, frozen=True):
    """`document` is a CPF or CNPJ without punctuation, `kind` person or company. `open_total` is what the unpaid
    invoices were written for, `overdue_total` the late ones with fine and interest. `negotiable` are the payment
    plans that the ERP would accept for all of the late ones."""

    id: Id
    name: Line
    document: Annotated[str, Meta(max_length=20)]
    kind: Line = "person"
    status: Line = "active"
    phone: Line = ""
    email: Line = ""
    address: Line = ""
    city: Line = ""
    plan: Line = ""
    situation: Line = ""
    supply: Line = "on"
    open_count: Count = 0
    open_total: Centavos = 0
    overdue_total: Centavos = 0
    overdue_count: Count = 0
    oldest_overdue_days: Count = 0
    negotiable: Annotated[list[Option], Meta(max_length=60)] = []
    dispute: Dispute | None = None


class Invoice(msgspec.Struct, frozen=True):
    """`amount` as written, `updated` as due today; `status` open, overdue, paid, disputed or in_agreement."""

    id: Id
    customer_id: Id
    due_date: Line
    amount: Centavos
    updated: Centavos
    status: Line
    number: Line = ""
    description: Line = ""
    reference: Line = ""
    days_overdue: Count = 0
    fine: Centavos = 0
    interest: Centavos = 0
    kwh: Count | None = None
    boleto_line: Line = ""
    paid_at: Line | None = None


class Reading(msgspec.Struct, frozen=True):
    """Newest first. `reading` is what the meter shows, `kwh` what was used since the one before."""

    date: Line
    reading: Count
    kwh: Count
    estimated: bool = False


class Instalment(msgspec.Struct, frozen=True):
    number: Count
    amount: Centavos
    due_date: Line
    status: Line = "open"


class Agreement(msgspec.Struct, frozen=True):
    """`status` proposed, accepted or fulfilled; `original` less `discount` is `total`."""

    id: Id
    customer_id: Id
    status: Line
    total: Centavos
    instalments: Annotated[int, Meta(ge=1, le=600)]
    instalment_amount: Centavos
    first_due: Line
    original: Centavos = 0
    discount: Centavos = 0
    invoices: Annotated[list[Id], Meta(max_length=500)] = []
    schedule: Annotated[list[Instalment], Meta(max_length=600)] = []
    expires_at: Line | None = None


class PaymentLink(msgspec.Struct, frozen=True):
    """`pix` is the BR Code to copy; `agreement` and `instalment` say what it pays, if not `invoices`."""

    id: Id
    customer_id: Id
    amount: Annotated[int, Meta(ge=1, le=10**13)]
    pix: Annotated[str, Meta(max_length=1000)]
    status: Line
    url: Line = ""
    txid: Line = ""
    agreement: Id | None = None
    instalment: Count | None = None
    invoices: Annotated[list[Id], Meta(max_length=500)] = []
    expires_at: Line | None = None
    paid_at: Line | None = None


class Customers(msgspec.Struct, frozen=True):
    items: Annotated[list[Customer], Meta(max_length=50)]


class Invoices(msgspec.Struct, frozen=True):
    items: Annotated[list[Invoice], Meta(max_length=500)]


class Readings(msgspec.Struct, frozen=True):
    items: Annotated[list[Reading], Meta(max_length=500)]


class Agreements(msgspec.Struct, frozen=True):
    items: Annotated[list[Agreement], Meta(max_length=200)]
