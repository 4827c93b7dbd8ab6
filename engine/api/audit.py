"""What was changed by whom: search and export."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation
from litestar.response import Stream

from engine.api.access import needs
from engine.api.moments import Moment, held
from engine.api.pages import BIGGEST, Before, Limit, Page, by_id
from engine.services import auditing
from engine.services.auditing import Wanted
from engine.services.principal import Principal
from engine.services.runtime import Runtime
from engine.services.views import AuditRow

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Number = Annotated[int | None, QueryParameter(ge=0, le=BIGGEST)]
Action = Annotated[
    str, QueryParameter(max_length=80, pattern="^[a-z_]*$", description="For example flow_published")
]
Subject = Annotated[
    str,
    QueryParameter(
        max_length=300, pattern=r"^[^\x00]*$", description="`person:7`; `person:` finds all of a kind"
    ),
]


def wanted(
    person: Number = None,
    key: Number = None,
    action: Action = "",
    subject: Subject = "",
    since: Moment = None,
    until: Moment = None,
) -> Wanted:
    return Wanted(
        person=person,
        key=key,
        action=action,
        subject=subject,
        since=held(since, "/since"),
        until=held(until, "/until"),
    )


Asked = NamedDependency[SkipValidation[Wanted]]


@get("/")
async def listed(
    rt: Services,
    who: Asker,
    asked: Asked,
    before: Before = 2**62,
    limit: Limit = 50,
) -> Page[AuditRow]:
    """Newest first. `detail` has `before` and `after` of what was changed."""
    return by_id(await auditing.search(rt, who.tenant, asked, before=before, limit=limit), limit)


@get("/actions")
async def actions(rt: Services, who: Asker) -> list[str]:
    """Which actions there are rows of."""
    return await auditing.actions(rt, who.tenant)


@get("/export", media_type="text/csv")
async def export(
    rt: Services,
    who: Asker,
    asked: Asked,
) -> Stream:
    """CSV, newest first, streamed. No cell is a formula."""
    return Stream(
        auditing.export(rt, who.tenant, asked, person=who.person),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="audit.csv"'},
    )


router = Router(
    "/api/v1/audit",
    route_handlers=[listed, actions, export],
    guards=[needs("audit:read")],
    tags=["audit"],
    dependencies={"asked": Provide(wanted, sync_to_thread=False)},
)
