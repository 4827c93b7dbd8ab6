"""Rules: ours beside hand-written Python and three other engines, interleaved, in ns per evaluation.

    python tests/bench/bench_rules.py

Each rule has its hand-written twin, which reads absent fields as None and gives the same result, but converts
nothing. The engines take turns in short rounds, so that a busy machine slows all of them alike; the best round
counts. Lists grow with the context, so they are shown in three sizes.
"""

from __future__ import annotations

import json
import math
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import datalogic_py
import json_logic

from engine.core.logic import compile_rule

try:
    from json_logic.apply import (
        apply as panzi,
    )  # both packages own the module `json_logic`; this one may be hidden
except ImportError:
    panzi = None
qubit = getattr(json_logic, "jsonLogic", None)

Data = dict[str, Any]
Hand = Callable[[Data], Any]


def context(fields: int, bills: int) -> Data:
    """A conversation's context: what rules read, and as much around it as real contacts carry."""
    data: Data = {
        "contact": {
            "name": "Ana Souza",
            "city": "Campinas",
            "state": "SP",
            "score": 640,
            "tags": ["vip", "pix"],
        },
        "invoice": {"status": "open", "days_overdue": 42, "total": 15990, "number": "2026-0042"},
        "message": {"text": "quero negociar", "kind": "text"},
        "attempts": 2,
        "channel": "whatsapp",
        "bot": True,
    }
    for number in range(fields):
        data[f"field_{number}"] = {"value": number, "label": f"campo {number}"}
    data["bills"] = [
        {"total": 1000 + number * 37 % 900, "status": "open" if number % 3 else "paid", "days": number % 60}
        for number in range(bills)
    ]
    return data


def collects(d: Data) -> Any:
    invoice = d.get("invoice") or {}
    return (
        invoice.get("days_overdue", 0) > 30
        and invoice.get("status") == "open"
        and (d.get("contact") or {}).get("score", 0) >= 600
    )


def offers(d: Data) -> Any:
    days = (d.get("invoice") or {}).get("days_overdue", 0)
    if days > 90:
        return "lawyer"
    if days > 60:
        return "three"
    if days > 30:
        return "two"
    return "none"


def routes(d: Data) -> Any:
    contact = d.get("contact") or {}
    return (contact.get("state") in ("SP", "RJ", "MG") or "vip" in (contact.get("tags") or ())) and d.get(
        "channel"
    ) != "email"


def charges(d: Data) -> Any:
    invoice = d.get("invoice") or {}
    return invoice.get("total", 0) + invoice.get("days_overdue", 0) * 33 + 200


def greets(d: Data) -> Any:
    contact = d.get("contact") or {}
    return f"Olá, {contact.get('name', '')}! Fatura {(d.get('invoice') or {}).get('number', '')}."


def retries(d: Data) -> Any:
    return (
        d.get("attempts", 0) < 3 and (d.get("message") or {}).get("kind") == "text" and d.get("bot") is True
    )


def owes(d: Data) -> Any:
    return sum([bill["total"] for bill in d.get("bills") or () if bill["status"] == "open"])


def late(d: Data) -> Any:
    return any(bill["days"] > 58 and bill["status"] == "open" for bill in d.get("bills") or ())


def totals(d: Data) -> Any:
    return [bill["total"] for bill in d.get("bills") or ()]


def folds(d: Data) -> Any:
    total = 0
    for bill in d.get("bills") or ():
        total = total + bill["total"]
    return total


def v(path: str) -> dict[str, str]:
    return {"var": path}


SCALAR: dict[str, tuple[Any, Hand]] = {
    "collects": (
        {
            "and": [
                {">": [v("invoice.days_overdue"), 30]},
                {"==": [v("invoice.status"), "open"]},
                {">=": [v("contact.score"), 600]},
            ]
        },
        collects,
    ),
    "offers": (
        {
            "if": [
                {">": [v("invoice.days_overdue"), 90]},
                "lawyer",
                {">": [v("invoice.days_overdue"), 60]},
                "three",
                {">": [v("invoice.days_overdue"), 30]},
                "two",
                "none",
            ]
        },
        offers,
    ),
    "routes": (
        {
            "and": [
                {
                    "or": [
                        {"in": [v("contact.state"), ["SP", "RJ", "MG"]]},
                        {"in": ["vip", v("contact.tags")]},
                    ]
                },
                {"!": [{"==": [v("channel"), "email"]}]},
            ]
        },
        routes,
    ),
    "charges": ({"+": [v("invoice.total"), {"*": [v("invoice.days_overdue"), 33]}, 200]}, charges),
    "greets": ({"cat": ["Olá, ", v("contact.name"), "! Fatura ", v("invoice.number"), "."]}, greets),
    "retries": (
        {"and": [{"<": [v("attempts"), 3]}, {"==": [v("message.kind"), "text"]}, {"===": [v("bot"), True]}]},
        retries,
    ),
}
LISTS: dict[str, tuple[Any, Hand]] = {
    "owes": (
        {
            "reduce": [
                {"map": [{"filter": [v("bills"), {"==": [v("status"), "open"]}]}, v("total")]},
                {"+": [v("accumulator"), v("current")]},
                0,
            ]
        },
        owes,
    ),
    "late": ({"some": [v("bills"), {"and": [{">": [v("days"), 58]}, {"==": [v("status"), "open"]}]}]}, late),
    "totals": ({"map": [v("bills"), v("total")]}, totals),
    "folds": ({"reduce": [v("bills"), {"+": [v("accumulator"), v("current.total")]}, 0]}, folds),
}
CONTEXTS = {"small": context(4, 3), "medium": context(100, 20), "large": context(1370, 500)}


def engines(rule: Any, hand: Hand, data: Data) -> dict[str, Callable[[], Any]]:
    compiled = compile_rule(rule)
    oracle = datalogic_py.Engine().compile(json.dumps(rule))
    handle = datalogic_py.DataHandle(data)
    found: dict[str, Callable[[], Any]] = {
        "hand-written": lambda: hand(data),
        "ours": lambda: compiled(data),
        "datalogic-py": lambda: oracle.evaluate(data),
        "datalogic-py, parsed": lambda: oracle.evaluate_data(handle),
    }
    if panzi is not None:
        found["panzi-json-logic"] = lambda: panzi(rule, data)
    if qubit is not None:
        found["json-logic-qubit"] = lambda: qubit(rule, data)
    return found


def measure(runs: dict[str, Callable[[], Any]], rounds: int = 7, slice_: float = 0.004) -> dict[str, float]:
    """The best of some interleaved rounds for each, in ns, without the time of an empty call."""
    repeats = {}
    for name, run in runs.items():
        begin = time.perf_counter()
        run()
        repeats[name] = max(1, min(20_000, int(slice_ / max(time.perf_counter() - begin, 1e-7))))
    best = dict.fromkeys(runs, math.inf)
    empty = math.inf
    for _ in range(rounds):
        for name, run in runs.items():
            best[name] = min(best[name], _spin(run, repeats[name]))
        empty = min(empty, _spin(lambda: None, 5_000))
    return {name: max(ns - empty, 1.0) for name, ns in best.items()}


def _spin(run: Callable[[], Any], repeats: int) -> float:
    begin = time.perf_counter_ns()
    for _ in range(repeats):
        run()
    return (time.perf_counter_ns() - begin) / repeats


def mean(values: list[float]) -> float:
    return math.exp(sum(map(math.log, values)) / len(values))


def agree(runs: dict[str, Callable[[], Any]]) -> None:
    results = {name: run() for name, run in runs.items()}
    wrong = {name: result for name, result in results.items() if result != results["hand-written"]}
    if wrong:
        raise SystemExit(f"results differ: {results}")


def main() -> None:
    """Prints a markdown table."""
    table: dict[str, dict[str, float]] = {}
    columns = []
    for kind, rules in (("scalar", SCALAR), ("list", LISTS)):
        for size, data in CONTEXTS.items():
            column = f"{kind}, {size}"
            columns.append(column)
            measured: dict[str, list[float]] = {}
            for rule, hand in rules.values():
                runs = engines(rule, hand, data)
                agree(runs)
                for name, ns in measure(runs).items():
                    measured.setdefault(name, []).append(ns)
            for name, values in measured.items():
                table.setdefault(name, {})[column] = mean(values)
    print(
        f"Rules, ns per evaluation (geometric mean), CPython {platform.python_version()}, {platform.machine()}\n"
    )
    print("| engine | " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * len(columns))
    for name, row in table.items():
        print(f"| {name} | " + " | ".join(f"{row[column]:,.0f}" for column in columns) + " |")
    hand, own = table["hand-written"], table["ours"]
    print("| **ours / hand-written** | " + " | ".join(f"{own[c] / hand[c]:.2f}" for c in columns) + " |")
    begin = time.perf_counter()
    for number in range(200):
        compile_rule({"and": [SCALAR["collects"][0], {"==": [v("attempts"), number]}]})(CONTEXTS["small"])
    print(f"\nA new rule is checked, compiled and run in {(time.perf_counter() - begin) * 5:.2f} ms.")


if __name__ == "__main__":
    main()
