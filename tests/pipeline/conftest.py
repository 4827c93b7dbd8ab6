"""A company with one WhatsApp number on a real database; the network is a list of requests and scripted answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from harness import Company, company
from postgres import database, server  # noqa: F401

from engine.store.database import Database


@pytest.fixture
async def acme(database: Database) -> AsyncIterator[Company]:  # noqa: F811
    made = await company(database, "acme")
    yield made
