"""The agents' inbox over HTTP: lists and counts, and what a search finds.

What is each person's own (their queues, mentions, drafts) needs a person's login; a key of another system is refused
with `access:person-needed`.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter, SkipValidation

from engine.api.access import needs
from engine.api.moments import Moment, held
from engine.api.pages import BIGGEST, Before, Page, by_id
from engine.core.errors import TramaError
from engine.services import inbox, mentions
from engine.services.inbox import LAST, Found
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.views import Filters, InboxCursor, InboxRow, MentionRow, View

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Key = Annotated[int | None, QueryParameter(ge=0, le=BIGGEST)]
Few = Annotated[int, QueryParameter(ge=1, le=100, description="At most so many items")]


def person(who: Principal) -> int:
    """Who it is. Raises `access:person-needed` for another system."""
    if who.person is None:
        raise TramaError("access:person-needed", "this is each person's own: log in as one")
    return who.person


def _written(cursor: InboxCursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).decode().rstrip("=")


def _read(text: str) -> InboxCursor | None:
    """Raises `input:bad-cursor`."""
    if not text:
        return None
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=InboxCursor)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        found = None
    if (
        found is None
        or found.at.tzinfo is None
        or not 0 <= found.id <= BIGGEST
        or not 0 <= found.priority <= 10_000
    ):
        raise TramaError("input:bad-cursor", "give `next` of the page before, unchanged", path="/after")
    return found


@get("/")
async def listed(
    rt: Services,
    who: Asker,
    view: FromQuery[View] = "mine",
    queue: Annotated[str, QueryParameter(max_length=100)] = "",
    channel: Key = None,
    tag: Annotated[str, QueryParameter(max_length=40)] = "",
    unread: FromQuery[bool] = False,
    priority: Annotated[int | None, QueryParameter(ge=0, le=10, description="At least so urgent")] = None,
    agent: Key = None,
    since: Moment = None,
    until: Moment = None,
    after: Annotated[str, QueryParameter(max_length=200)] = "",
    limit: Few = 50,
) -> Page[InboxRow]:
    """A view: `mine`, `queue` (waiting in my queues, the next to take first), `mentions`, `snoozed`, `bot`, `all`
    (open ones), `closed`. `since` and `until` bound the last message."""
    filters = Filters(
        queue=queue,
        channel=channel,
        tag=tag,
        unread=unread,
        priority=priority,
        agent=agent,
        since=held(since, "/since"),
        until=held(until, "/until"),
    )
    rows = await inbox.conversations(
        rt, who.tenant, person(who), view, filters=filters, after=_read(after), limit=limit
    )
    following = _written(inbox.cursor(view, rows[-1])) if len(rows) >= limit else ""
    return Page(items=rows, next=following)


@get("/counts")
async def counts(rt: Services, who: Asker) -> dict[str, int]:
    """How many each view holds; 1,000 means that many or more. Of `mentions` the unseen ones."""
    return dict((await inbox.counts(rt, who.tenant, person(who))).items())


@get("/search")
async def search(
    rt: Services,
    who: Asker,
    words: Annotated[str, QueryParameter(min_length=1, max_length=200)],
    before: Before = LAST,
    limit: Few = 30,
) -> Found:
    """By name, e-mail, the end of a number in any spelling, protocol, and words of messages or their beginnings.
    `before` (the `next` of the answer before) goes on among messages."""
    return await inbox.search(rt, who.tenant, person(who), words, before=before, limit=limit)


@get("/mentions")
async def named(rt: Services, who: Asker, before: Before = LAST, limit: Few = 50) -> Page[MentionRow]:
    """Notes that name the person, newest first."""
    return by_id(await mentions.mentions(rt, who.tenant, person(who), before=before, limit=limit), limit)


@get("/tags")
async def tags(rt: Services, who: Asker) -> list[str]:
    """Tags of conversations, the most used first."""
    return await inbox.known_tags(rt, who.tenant)


router = Router(
    "/api/v1/inbox",
    route_handlers=[listed, counts, search, named, tags],
    guards=[needs("conversations:read")],
    tags=["inbox"],
)
