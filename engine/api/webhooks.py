"""Where channels deliver: `GET|POST /webhooks/{kind}/{channel}`. Raw bytes and headers go to the intake; nothing
is decided here. The answer is given after the commit."""

from __future__ import annotations

from typing import Any

from litestar import HttpMethod, Request, Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from engine.api.pages import Ident
from engine.services.intake import LARGEST, Intake
from engine.services.views import Received

ALIASES = {"whatsapp": "whatsapp_cloud"}


@route(
    "/webhooks/{kind:str}/{channel:int}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    request_max_body_size=None,
    include_in_schema=False,
)
async def receive(
    request: Request[Any, Any, Any],
    kind: FromPath[str],
    channel: Ident,
    intake: NamedDependency[SkipValidation[Intake]],
) -> Response[bytes]:
    """A body beyond the intake's limit is read no further: it is refused there and kept as far as it goes."""
    body = bytearray()
    if request.method == "POST":
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                break
    received = Received(
        method=request.method,
        headers=dict(request.headers),
        query=dict(request.query_params),
        body=bytes(body),
    )
    reply = await intake.receive(ALIASES.get(kind, kind), channel, received)
    return Response(reply.body, status_code=reply.status, media_type=reply.media_type)
