"""How often something may be asked of this process, by whom: a few in a row, then one every so often."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.store.rates import gcra

_MOST = 10_000


class Throttle:
    """One `every` seconds for each key, and `burst` in a row after a rest."""

    def __init__(self, every: float, burst: int) -> None:
        self._period, self._burst = timedelta(seconds=every), burst
        self._times: dict[str, datetime] = {}

    def allows(self, key: str, now: datetime) -> bool:
        passed = gcra(self._times.get(key, now), now, self._period, self._burst)
        if len(self._times) >= _MOST:
            self._times = {k: at for k, at in self._times.items() if at > now}
        self._times[key] = passed.tat
        return passed.allowed
