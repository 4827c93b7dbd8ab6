"""Whether the program lives, works, and how its queues stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from engine.api.access import needs
from engine.services import doctor, upkeep
from engine.services.doctor import Finding
from engine.services.people import Principal
from engine.services.runtime import Runtime


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """`ready` when the database answers and the loops of this process run."""

    ready: bool
    findings: list[Finding]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Findings of the installation, and rows due or failed of the asker's company."""

    state: str
    findings: list[Finding]
    queues: dict[str, Any]


@get("/health/live", include_in_schema=False)
async def live() -> dict[str, bool]:
    return {"live": True}


@get("/health/ready", include_in_schema=False)
async def ready(
    rt: NamedDependency[SkipValidation[Runtime]], healthy: NamedDependency[SkipValidation[Callable[[], bool]]]
) -> Response[Readiness]:
    """200 or 503. Says no more than the name of what is missing: whoever asks is not known here."""
    database = await doctor.database(rt)
    findings = [msgspec.structs.replace(database, detail="")]
    if not healthy():
        findings.append(
            Finding(check="work", state="error", todo="Restart the process; its log says what ended.")
        )
    fine = all(f.state != "error" for f in findings)
    return Response(Readiness(ready=fine, findings=findings), status_code=200 if fine else 503)


@get("/api/v1/health", tags=["operations"], guards=[needs("ops:read")])
async def health(
    rt: NamedDependency[SkipValidation[Runtime]], who: NamedDependency[SkipValidation[Principal]]
) -> Health:
    """What the doctor finds, with what to do, and the queues of the company."""
    findings = await doctor.examine(rt, who.tenant)
    states = {f.state for f in findings}
    worst = next((s for s in ("error", "warning") if s in states), "ok")
    return Health(
        state=worst, findings=findings, queues=msgspec.to_builtins(await upkeep.queues(rt, who.tenant))
    )
