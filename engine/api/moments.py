"""Times in queries: with their offset from UTC, and within what the database and its clients can hold."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from litestar.params import QueryParameter

from engine.core.errors import TramaError

Moment = Annotated[datetime | None, QueryParameter(description="With its offset from UTC")]
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2999, 1, 1, tzinfo=UTC)


def held(moment: datetime | None, path: str) -> datetime | None:
    """The time in UTC; what lies before 1970 or after 2999 is their limit. Raises `input:no-zone` for one without an
    offset, which could mean any of several."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise TramaError("input:no-zone", "a time needs its offset from UTC", path=path)
    return min(max(moment, EARLIEST), LATEST).astimezone(UTC)
