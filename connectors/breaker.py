"""Circuit breaker of one service: after enough failures it is left alone for a while, then tried with one call.

```
closed --failures >= threshold within window--> open --cooldown over--> half_open --success--> closed
                                                 ^                          |
                                                 +-------- failure ---------+   (cooldown grows)
```
Pure: the time comes in, the state is a struct that the store keeps, so all processes share one breaker.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Positive = Annotated[float, Meta(gt=0)]


class BreakerState(msgspec.Struct, frozen=True, omit_defaults=True):
    """`failures` are the times of those still within the window; `until` the end of the pause (open) or of the
    probe's lease (half-open), so that a probe that died does not close the door for ever; `trips` counts openings
    since the last success."""

    state: Literal["closed", "open", "half_open"] = "closed"
    failures: tuple[datetime, ...] = ()
    until: datetime | None = None
    trips: int = 0


class Breaker(msgspec.Struct, frozen=True):
    """The rule. Times in seconds; the pause is `cooldown * growth ** (trips - 1)`, at most `max_cooldown`."""

    threshold: Annotated[int, Meta(ge=1)] = 5
    window: Positive = 60.0
    cooldown: Positive = 15.0
    growth: Annotated[float, Meta(ge=1)] = 2.0
    max_cooldown: Positive = 600.0
    probe_lease: Positive = 30.0

    def admit(self, state: BreakerState, now: datetime) -> tuple[BreakerState, bool]:
        """Whether a call may go out now, and the state to keep. After the pause exactly one is let through."""
        if state.state == "closed":
            return state, True
        if state.until is not None and now < state.until:
            return state, False
        lease = now + timedelta(seconds=self.probe_lease)
        return msgspec.structs.replace(state, state="half_open", until=lease), True

    def success(self, state: BreakerState, now: datetime) -> BreakerState:
        """A call went well. While open it is a straggler from before and changes nothing."""
        return state if state.state == "open" else BreakerState()

    def failure(self, state: BreakerState, now: datetime) -> BreakerState:
        """A call failed in a way that says something about the service, not about the request."""
        match state.state:
            case "open":
                return state
            case "half_open":
                return self._opened(state, now)
            case "closed":
                since = now - timedelta(seconds=self.window)
                recent = (*(at for at in state.failures if at > since), now)
                closed = msgspec.structs.replace(state, failures=recent)
                return self._opened(closed, now) if len(recent) >= self.threshold else closed

    def wait(self, state: BreakerState, now: datetime) -> float:
        """Seconds until a call may be let through; 0 when it may now."""
        if state.state == "closed" or state.until is None:
            return 0.0
        return max(0.0, (state.until - now).total_seconds())

    def _opened(self, state: BreakerState, now: datetime) -> BreakerState:
        trips = state.trips + 1
        pause = min(self.cooldown * self.growth ** min(trips - 1, 64), self.max_cooldown)
        return BreakerState(state="open", until=now + timedelta(seconds=pause), trips=trips)
