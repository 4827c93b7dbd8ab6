"""How a request can fail on its way, said without naming an HTTP library.

```
WireFailure                 area "wire"
 ├─ written=False           nothing of the request left us: it may be tried again
 └─ written=True            the other side may have carried it out: the outcome is unknown
```
The driver throws it into the generator that yielded the request, so that a plan of several requests can say how
far it came; a plan that does not catch it is answered by the driver.
"""

from __future__ import annotations

from typing import Protocol

from connectors.contract import Request, Response
from engine.core.errors import TramaError


class WireFailure(TramaError):
    """`code` is one of `wire:refused` (address not allowed), `wire:unresolved`, `wire:unreachable`, `wire:timeout`,
    `wire:dropped`, `wire:too-large`, `wire:redirect`, `wire:bad-request`. The text never holds headers, bodies or
    the query of a URL."""

    def __init__(self, code: str, detail: str = "", *, written: bool = False, path: str = "") -> None:
        super().__init__(code, detail, path=path)
        self.written = written

    @property
    def hopeless(self) -> bool:
        """Trying again cannot help: the address or the request itself is at fault."""
        return self.code in ("wire:refused", "wire:redirect", "wire:bad-request", "wire:too-large")


class Wire(Protocol):
    """Carries one request, no redirects. Raises `WireFailure`."""

    async def exchange(self, request: Request) -> Response: ...

    async def aclose(self) -> None: ...
