"""The table that maps operations to paths names only paths that there are."""

from __future__ import annotations

import re
from pathlib import Path

from doors import Company

TABLE = Path(__file__).resolve().parents[2] / "docs" / "operations-map.md"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def test_every_path_of_the_table_is_served(acme: Company) -> None:
    paths = (await acme.get("/schema/openapi.json")).json()["paths"]
    served = {
        (method.upper(), re.sub(r"\{\w+(:\w+)?\}", "{}", path.rstrip("/")))
        for path, methods in paths.items()
        for method in methods
    }
    named = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = line.split("|")
        if len(cells) < 4 or "webhooks" in line or "/ws/" in line:
            continue
        methods: list[str] = []
        for quoted in re.findall(r"`([^`]+)`", cells[2]):
            first, _, path = quoted.rpartition(" ")
            methods = [*methods, *first.split()] if first else methods
            if path in METHODS:
                methods.append(path)
                continue
            if path.startswith("…"):
                continue
            named += [(m, "/api/v1/" + re.sub(r"\{\w+\}", "{}", path)) for m in methods]
            methods = []
    assert len(named) > 30
    assert [n for n in named if n not in served] == []
