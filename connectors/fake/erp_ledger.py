"""The books of the mock ERP: customers, invoices, agreements and payment links, from a seed.

Money in centavos, dates as ISO 8601. The seed counts days from the day it was loaded, so that a demo is always fresh;
a late invoice grows by fine and interest as the seed's rules say (Brazilian consumer law caps the fine at 2 %).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from engine.core.pix import brcode

Json = dict[str, Any]


class LedgerError(Exception):
    """`status` is the HTTP status, `slug` and `detail` go into the answer."""

    def __init__(self, status: int, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.slug, self.detail = status, slug, detail


class Ledger:
    """`seed` as in `seeds/erp.json`; `base` is the day from which its day counts run."""

    def __init__(self, seed: Mapping[str, Any], base: date) -> None:
        self.company, self.rules = seed["company"], seed["rules"]
        self.customers: dict[str, Json] = {}
        self.invoices: dict[str, Json] = {}
        self.agreements: dict[str, Json] = {}
        self.links: dict[str, Json] = {}
        for entry in seed["customers"]:
            self._load(dict(entry), base)

    def _load(self, entry: Json, base: date) -> None:
        ident = entry["id"]
        for invoice in entry.pop("invoices"):
            due = base + timedelta(days=invoice["due_in_days"])
            paid = invoice.get("paid_in_days")
            self.invoices[invoice["number"].lower()] = {
                "id": invoice["number"].lower(),
                "number": invoice["number"],
                "customer_id": ident,
                "description": invoice["description"],
                "reference": (due.replace(day=1) - timedelta(days=1)).strftime("%Y-%m"),
                "due_date": due,
                "amount": invoice["amount"],
                "status": invoice["status"],
                "kwh": invoice.get("kwh"),
                "boleto_line": "",
                "paid_at": base + timedelta(days=paid) if paid is not None else None,
            }
        entry["meter_readings"] = [
            {**r, "date": (base + timedelta(days=r["read_in_days"])).isoformat()}
            for r in reversed(entry["meter_readings"])
        ]
        for reading in entry["meter_readings"]:
            del reading["read_in_days"]
        if dispute := entry.get("dispute"):
            opened = (base + timedelta(days=dispute["opened_in_days"])).isoformat()
            entry["dispute"] = {k: v for k, v in dispute.items() if k != "opened_in_days"} | {
                "opened_at": opened
            }
        if agreement := entry.pop("agreement", None):
            first = base + timedelta(days=agreement["first_due_in_days"])
            parts = instalments(agreement["total"], agreement["instalments"], first)
            for part in parts[: agreement["paid"]]:
                part["status"] = "paid"
            invoices = [number.lower() for number in agreement["invoices"]]
            self.agreements[agreement["id"]] = _agreement(
                agreement["id"], ident, "accepted", invoices, agreement["total"], 0, parts
            )
        self.customers[ident] = entry

    # -- reading ------------------------------------------------------------------------------------------------

    def find(self, document: str) -> list[Json]:
        """Customers with that CPF or CNPJ, punctuation or not; check digits are not checked."""
        bare = "".join(c for c in document if c.isalnum()).upper()
        return [c for c in self.customers.values() if bare and c["document"] == bare]

    def customer(self, ident: str, today: date) -> Json:
        entry = self._get(self.customers, ident, "customer")
        mine = self.of_customer(ident, today)
        late = [i for i in mine if i["status"] == "overdue"]
        owed = [i for i in mine if i["status"] in ("open", "overdue")]
        hidden = ("meter_readings",)
        return {
            **{k: v for k, v in entry.items() if k not in hidden},
            "situation": self._situation(entry, late, owed),
            "open_count": len(owed),
            "open_total": sum(i["amount"] for i in owed),
            "overdue_total": sum(i["updated"] for i in late),
            "overdue_count": len(late),
            "oldest_overdue_days": max((i["days_overdue"] for i in late), default=0),
            "negotiable": self._options(late),
        }

    def _situation(self, entry: Json, late: Sequence[Json], owed: Sequence[Json]) -> str:
        if entry["situation"] in ("dispute", "blocked"):
            return str(entry["situation"])
        if late:
            return "overdue"
        if any(
            a["customer_id"] == entry["id"] and a["status"] == "accepted" for a in self.agreements.values()
        ):
            return "agreement"
        return "open" if owed else "up_to_date"

    def of_customer(self, ident: str, today: date, status: str = "") -> list[Json]:
        """Invoices, oldest first. `status` unpaid (open and overdue), open, overdue, paid or "" for all."""
        self._get(self.customers, ident, "customer")
        shown = [self.shown(i, today) for i in self.invoices.values() if i["customer_id"] == ident]
        wanted = ("open", "overdue") if status == "unpaid" else (status,)
        return sorted((i for i in shown if not status or i["status"] in wanted), key=lambda i: i["due_date"])

    def invoice(self, ident: str, today: date) -> Json:
        return self.shown(self._get(self.invoices, ident, "invoice"), today)

    def shown(self, invoice: Json, today: date) -> Json:
        """An invoice as it stands on `today`."""
        unpaid = invoice["status"] == "open"
        days = max(0, (today - invoice["due_date"]).days) if unpaid else 0
        fine = invoice["amount"] * self.rules["fine_percent"] // 100 if days else 0
        interest = invoice["amount"] * self.rules["interest_percent_month"] * days // 3000
        return invoice | {
            "due_date": invoice["due_date"].isoformat(),
            "paid_at": invoice["paid_at"].isoformat() if invoice["paid_at"] else None,
            "status": "overdue" if days else invoice["status"],
            "days_overdue": days,
            "fine": fine,
            "interest": interest,
            "updated": invoice["amount"] + fine + interest,
        }

    def readings(self, ident: str) -> list[Json]:
        return list(self._get(self.customers, ident, "customer")["meter_readings"])

    # -- negotiating --------------------------------------------------------------------------------------------

    def _conditions(self, late: Sequence[Json]) -> Json:
        """The first rule that fits the total and the oldest debt."""
        total, days = sum(i["updated"] for i in late), max((i["days_overdue"] for i in late), default=0)
        for rule in self.rules["conditions"]:
            if total >= rule.get("min_total", 0) and days >= rule["min_days"]:
                return dict(rule)
        raise LedgerError(
            422, "nothing-to-negotiate", "only overdue invoices of the customer can be negotiated"
        )

    def _options(self, late: Sequence[Json]) -> list[Json]:
        if not late:
            return []
        conditions, total = self._conditions(late), sum(i["updated"] for i in late)
        options = []
        for count in range(1, conditions["max_instalments"] + 1):
            net = total - discount(total, count, conditions)
            if count == 1 or net // count >= self.rules["min_instalment"]:
                option = {"instalments": count, "discount": total - net, "total": net}
                options.append(option | {"instalment_amount": math.ceil(net / count)})
        return options

    def propose(self, body: Mapping[str, Any], ident: str, now: datetime) -> Json:
        """A proposal that stands for some days. Raises LedgerError."""
        today, customer = now.date(), str(body.get("customer_id", ""))
        late = {i["id"]: i for i in self.of_customer(customer, today, "overdue")}
        chosen = body.get("invoices") or list(late)
        count = body.get("instalments", 1)
        if not isinstance(chosen, list) or not chosen or not set(map(str, chosen)) <= set(late):
            raise LedgerError(
                422, "nothing-to-negotiate", "only overdue invoices of the customer can be negotiated"
            )
        conditions = self._conditions([late[str(i)] for i in chosen])
        most = conditions["max_instalments"]
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= most:
            raise LedgerError(422, "too-many-instalments", f"1 to {most} instalments")
        original = sum(late[str(i)]["updated"] for i in chosen)
        off = discount(original, count, conditions)
        if count > 1 and (original - off) // count < self.rules["min_instalment"]:
            raise LedgerError(
                422, "instalment-too-small", f"at least {self.rules['min_instalment']} centavos each"
            )
        until = now + timedelta(days=self.rules["proposal_days"])
        parts = instalments(original - off, count, until.date())
        invoices = [str(i) for i in chosen]
        agreement = _agreement(ident, customer, "proposed", invoices, original, off, parts, until.isoformat())
        self.agreements[ident] = agreement
        return agreement

    def accept(self, ident: str, now: datetime) -> Json:
        """The proposal becomes an agreement and its invoices wait for it. Accepting twice is one acceptance."""
        agreement = self._get(self.agreements, ident, "agreement")
        if agreement["status"] == "proposed":
            if agreement["expires_at"] < now.isoformat():
                raise LedgerError(409, "proposal-expired", "make a new proposal")
            if any(self.invoices[i]["status"] != "open" for i in agreement["invoices"]):
                raise LedgerError(409, "invoice-changed", "an invoice was paid or negotiated meanwhile")
            for invoice in agreement["invoices"]:
                self.invoices[invoice]["status"] = "in_agreement"
            agreement["status"] = "accepted"
        return agreement

    def agreements_of(self, customer: str) -> list[Json]:
        return [a for a in self.agreements.values() if not customer or a["customer_id"] == customer]

    # -- paying -------------------------------------------------------------------------------------------------

    def link(self, body: Mapping[str, Any], ident: str, now: datetime) -> Json:
        """A Pix charge for `invoices`, or for the next instalment of `agreement`. Raises LedgerError."""
        agreement_id, number = str(body.get("agreement") or ""), None
        if agreement_id:
            agreement = self._get(self.agreements, agreement_id, "agreement")
            due = next((p for p in agreement["schedule"] if p["status"] == "open"), None)
            if agreement["status"] != "accepted" or due is None:
                raise LedgerError(409, "agreement-not-active", "accept the proposal first")
            customer, amount, number = agreement["customer_id"], due["amount"], due["number"]
            invoices = list(agreement["invoices"])
        else:
            invoices = [str(i) for i in body.get("invoices") or []]
            shown = [self.invoice(i, now.date()) for i in invoices]
            owners = {i["customer_id"] for i in shown}
            if len(owners) != 1 or any(i["status"] not in ("open", "overdue") for i in shown):
                raise LedgerError(422, "nothing-to-pay", "needs open invoices of one customer")
            customer, amount = owners.pop(), sum(i["updated"] for i in shown)
        if body.get("customer_id") not in (None, "", customer):
            raise LedgerError(422, "nothing-to-pay", "these belong to somebody else")
        txid = "".join(c for c in ident if c.isalnum())[:25]
        pix = {"key": self.company["pix_key"], "name": self.company["name"], "city": self.company["city"]}
        link = {
            "id": ident,
            "customer_id": customer,
            "invoices": invoices,
            "agreement": agreement_id or None,
            "instalment": number,
            "amount": amount,
            "txid": txid,
            "url": "",
            "pix": brcode(**pix, amount=amount, txid=txid),
            "status": "pending",
            "expires_at": (now + timedelta(days=1)).isoformat(),
            "paid_at": None,
        }
        self.links[ident] = link
        return link

    def pay(self, ident: str, now: datetime) -> tuple[Json, bool]:
        """Mark a link paid; the link and whether it was not paid before."""
        link = self._get(self.links, ident, "payment-link")
        if link["status"] == "paid":
            return link, False
        link |= {"status": "paid", "paid_at": now.isoformat()}
        paid = link["invoices"]
        if link["agreement"]:
            agreement = self.agreements[link["agreement"]]
            for part in agreement["schedule"]:
                if part["number"] == link["instalment"]:
                    part["status"] = "paid"
            if any(part["status"] == "open" for part in agreement["schedule"]):
                paid = []
            else:
                agreement["status"] = "fulfilled"
        for invoice in paid:
            self.invoices[invoice] |= {"status": "paid", "paid_at": now.date()}
        return link, True

    def _get(self, table: Mapping[str, Json], ident: str, what: str) -> Json:
        if ident not in table:
            raise LedgerError(404, "not-found", f"no {what} {ident[:40]!r}")
        return table[ident]


def discount(total: int, count: int, conditions: Mapping[str, Any]) -> int:
    """Off the total, for paying at once only; half a centavo is the customer's."""
    return (total * int(conditions["cash_discount_percent"]) + 50) // 100 if count == 1 else 0


def _agreement(
    ident: str,
    customer: str,
    status: str,
    invoices: list[str],
    original: int,
    off: int,
    schedule: list[Json],
    expires_at: str | None = None,
) -> Json:
    return {
        "id": ident,
        "customer_id": customer,
        "status": status,
        "invoices": invoices,
        "original": original,
        "discount": off,
        "total": original - off,
        "instalments": len(schedule),
        "instalment_amount": schedule[0]["amount"],
        "first_due": schedule[0]["due_date"],
        "schedule": schedule,
        "expires_at": expires_at,
    }


def instalments(total: int, count: int, first: date) -> list[Json]:
    """Equal parts, 30 days apart; the first takes the centavos that do not divide."""
    each, rest = divmod(total, count)
    return [
        {
            "number": n + 1,
            "amount": each + (rest if n == 0 else 0),
            "due_date": (first + timedelta(days=30 * n)).isoformat(),
            "status": "open",
        }
        for n in range(count)
    ]
