"""Files that flows send: `GET /files/{company}/{hash}.{ending}`. Channels fetch them there; nobody needs to log in."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter, SkipValidation
from litestar.response import File

from engine.services import uploads
from engine.services.runtime import Runtime


@get("/files/{company:int}/{name:str}", include_in_schema=False)
async def file(
    rt: NamedDependency[SkipValidation[Runtime]],
    company: Annotated[int, PathParameter(ge=0, le=2**63 - 1)],
    name: FromPath[str],
) -> Response[Any]:
    """What is there never changes: the address is its hash. Only pictures, sounds and films are shown in place."""
    found = uploads.served(rt, company, name)
    if found is None:
        return Response(b"", status_code=404)
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
    }
    return File(
        path=found.path,
        filename=name,
        media_type=found.mime,
        headers=headers,
        content_disposition_type="inline" if found.inline else "attachment",
    )
