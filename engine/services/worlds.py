"""What turns need to know of a company, kept in the process: settings, holidays, clock, and flows by version.

Versions never change, so they are kept until they fall out of use; the rest is read again when the tenant's
revision numbers move.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from connectors.registry import channel
from engine.core.desk.queues import QueueSettings
from engine.core.errors import TramaError
from engine.core.flow import Flow, Flows
from engine.core.session import Frame, Session
from engine.core.world import Owner, World
from engine.nodes import open_flow
from engine.services import calendars
from engine.store import flows as flow_store
from engine.store import queues, tenants
from engine.store.database import Connection
from engine.store.tenants import Tenant, TenantSettings
from engine.store.turns import Claim, Seat

MOST_VERSIONS = 2_000
"""Flow versions kept of one company."""


class Picture:
    """One company as its turns see it. Used by one batch at a time."""

    def __init__(self) -> None:
        self.tenant: Tenant | None = None
        self.queues: dict[str, QueueSettings] = {}
        self._flows: dict[tuple[str, int], Flow] = {}
        self._live: dict[str, int] = {}
        self._flows_rev = -1

    async def refresh(self, c: Connection, claim: Claim) -> None:
        """Bring it up to what the claim saw, and fetch the versions that its sessions are pinned to."""
        if self.tenant is None or self.tenant.rev != claim.rev:
            self.tenant = await tenants.get(c)
            self.queues = await queues.settings(c)
        if self._flows_rev != claim.flows_rev:
            self._live = await flow_store.live_versions(c)
            self._flows_rev = claim.flows_rev
        pinned = {(f.flow, f.version) for s in claim.seats for f in _frames(s.session)}
        missing = [key for key in {*pinned, *self._live.items()} if key not in self._flows]
        if not missing:
            return
        if len(self._flows) + len(missing) > MOST_VERSIONS:
            keep = {*pinned, *self._live.items()}
            self._flows = {k: v for k, v in self._flows.items() if k in keep}
        for (ident, version), document in (await flow_store.documents(c, missing)).items():
            try:
                self._flows[(ident, version)] = open_flow(document, version)
            except TramaError:
                # a published flow that this program cannot read: its sessions fail by name, the others go on
                self._live.pop(ident, None)

    @property
    def flows(self) -> Flows:
        return Flows(self._flows, self._live)

    @property
    def offset(self) -> timedelta:
        return self.tenant.clock_offset if self.tenant is not None else timedelta(0)

    def world(self, seat: Seat, now: datetime) -> World:
        """What the turn of this conversation may know at `now` (the company's clock)."""
        assert self.tenant is not None
        settings = self.tenant.settings
        contact = seat.contact
        owner: Owner = "person" if seat.owner == "person" else "ai" if seat.owner == "ai" else "bot"
        return World(
            contact={
                "id": str(contact.id),
                "name": contact.name,
                "phone": contact.phone,
                "email": contact.email,
                "cpf": contact.cpf,
                "language": contact.language or settings.language,
                "tags": contact.tags,
                "fields": contact.fields,
                "opted_out": contact.opted_out,
                "created_at": contact.created_at.isoformat(),
            },
            conversation={
                "id": str(seat.id),
                "channel": seat.channel_kind,
                "protocol": seat.protocol,
                "last_inbound_at": seat.last_inbound_at.isoformat() if seat.last_inbound_at else None,
                "messages": seat.messages,
            },
            channel=seat.channel_kind,
            limits=channel(seat.channel_kind).limits,
            language=contact.language or settings.language,
            zone=settings.zone,
            hours=settings.hours,
            holidays=holidays_of(settings, now.year),
            commands=settings.commands,
            guards=settings.guards,
            owner=owner,
            epoch=seat.epoch,
            company=settings.company,
        )


def _frames(session: Session | None) -> list[Frame]:
    return session.frames if session is not None else []


def holidays_of(settings: TenantSettings, year: int) -> dict[date, str]:
    """The days of this year and the next on which the company is closed."""
    return calendars.closed_days(settings, year)
