"""A company with the pipeline's play things, on a database of its own."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from postgres import database, server  # noqa: F401

from engine.store.database import Database

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pipeline"))

from harness import Company, company


@pytest.fixture
async def acme(database: Database, tmp_path: Path) -> AsyncIterator[Company]:  # noqa: F811
    made = await company(database, "acme")
    made.rt.settings = msgspec.structs.replace(made.rt.settings, data_dir=tmp_path)
    yield made
