"""Message templates that channels approved."""

from __future__ import annotations

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, PathParameter, QueryParameter, SkipValidation

from engine.api.access import needs
from engine.api.pages import BIGGEST, Before, Limit, Page, by_id
from engine.services import templates
from engine.services.people import Principal
from engine.services.runtime import Runtime
from engine.services.templates import Filled
from engine.services.views import TemplateRow, TemplateStatus

Services = NamedDependency[SkipValidation[Runtime]]
Asker = NamedDependency[SkipValidation[Principal]]
Template = Annotated[int, PathParameter(ge=0, le=BIGGEST)]


@get("/")
async def listed(
    rt: Services,
    who: Asker,
    channel: Annotated[int | None, QueryParameter(ge=0, le=BIGGEST)] = None,
    in_state: Annotated[TemplateStatus | None, QueryParameter(name="state")] = None,
    before: Before = 2**62,
    limit: Limit = 50,
) -> Page[TemplateRow]:
    """Newest first."""
    rows = await templates.templates(
        rt, who.tenant, channel=channel, status=in_state, before=before, limit=limit
    )
    return by_id(rows, limit)


@get("/{template:int}")
async def one(rt: Services, who: Asker, template: Template) -> TemplateRow:
    return await templates.template(rt, who.tenant, template)


@get("/{template:int}/preview")
async def preview(
    rt: Services,
    who: Asker,
    template: Template,
    value: FromQuery[list[str] | None] = None,
) -> Filled:
    """What the customer will read with these values (`?value=…&value=…`, the header's first)."""
    row = await templates.template(rt, who.tenant, template)
    return templates.filled(row, [v[:1_000] for v in (value or [])[:20]])


router = Router(
    "/api/v1/templates",
    route_handlers=[listed, one, preview],
    guards=[needs("conversations:read")],
    tags=["templates"],
)
