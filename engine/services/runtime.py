"""What the services share: the settings, the database, the vault, the bell, live news and the way out.

It is put together once by whoever starts a process and handed to every service function; it holds no state of a
conversation. Fields are the seams: tests put a fake bell or driver in.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from engine.services.alarm import Alarm
from engine.services.live import Live
from engine.services.shelf import Shelf
from engine.settings import Settings
from engine.store.database import Database
from engine.store.vault import Vault

if TYPE_CHECKING:
    from connectors.contract import Channel, Outcome, Request, Response, SendPlan
    from engine.core.flow import Document
    from engine.services.flow_checks import Checker

T = TypeVar("T")
Ring = Literal["deliver", "call"]


class Bell(Protocol):
    """Says that there is work of a kind. Never which: the database knows. Losing a ring costs a sweep."""

    def ring(self, kind: Ring) -> None: ...


class SilentBell:
    """No bell at all: everything is found by the sweep."""

    def ring(self, kind: Ring) -> None:
        return None


class Courier(Protocol):
    """Carries requests out (`connectors.driver.Driver`)."""

    async def run(self, plan: SendPlan) -> Outcome: ...

    async def drive(self, plan: Generator[Request, Response, T], *, follow: bool = False) -> T: ...

    async def aclose(self) -> None: ...


def real_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A channel ready for use. `settings` hold secrets; `until` is when they are read again (monotonic)."""

    id: int
    tenant: int
    name: str
    type: Channel
    settings: Any
    state: str
    until: float

    def __repr__(self) -> str:
        return f"Loaded({self.id})"


@dataclass(slots=True)
class Runtime:
    settings: Settings
    db: Database
    vault: Vault
    courier: Courier
    live: Live = field(default_factory=Live)
    bell: Bell = field(default_factory=SilentBell)
    turns: Alarm = field(default_factory=Alarm)
    desk: Alarm = field(default_factory=Alarm)
    nudged: set[int] = field(default_factory=set)
    channels: dict[int, Loaded] = field(default_factory=dict)
    drafts: Shelf[Document] = field(default_factory=Shelf)
    checkers: Shelf[Checker] = field(default_factory=Shelf)
    now: Callable[[], datetime] = real_now

    def nudge(self, tenant: int) -> None:
        """Something changed that may give a waiting ticket to somebody. Call after the commit."""
        self.nudged.add(tenant)
        self.desk.ring()
