"""The program as one ASGI application: doors, screens, turn loop and workers around one `Runtime`.

```
            Gate (who is it, is the origin ours)
                        |
  /api /oauth /webhooks /files /ws /webchat /schema /health /metrics POST /login* /logout -> Litestar (engine.api)
  /_fake/graph /_fake/erp   only in a demonstration                        -> stand-ins (connectors.fake)
  everything else                                                          -> screens   (builder_ui)
```

How screens get what they need: at start-up, when "ui" is among the parts, this module imports `builder_ui.app` and
calls `builder_ui.app.create(rt, demo)`, which returns the FastAPI host that `ui.run_with` prepared; its lifespan is
entered here. `rt` is the `engine.services.runtime.Runtime` for all services. `demo` is an
`engine.services.demo.Demo` (`.graph`, `.erp`, `.tenant`, `.whatsapp`, `.webchat`, `.advance(rt, delta)` …) in a
demonstration, else None. Without the module the program runs without screens. Every scope (http and websocket)
carries `scope["user"]`: an `engine.services.people.Principal`, or None for somebody who is not logged in; a page
reads it as `request.scope["user"]`. Logging in is a form POST to `/login` (`email`, `password`, `next`), logging out
one to `/logout`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Literal

import msgspec
import structlog

from engine import logs
from engine.api.app import create as create_doors
from engine.api.gate import Gate
from engine.api.sessions import Sessions
from engine.core.errors import TramaError
from engine.services import startup
from engine.services.demo import Demo
from engine.services.intake import Intake
from engine.services.routing import Routing
from engine.services.runtime import Runtime
from engine.services.turn import Turns
from engine.settings import Settings

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Part = Literal["api", "ui", "worker"]
EVERYTHING: tuple[Part, ...] = ("api", "ui", "worker")

DOORS = ("api", "webhooks", "files", "ws", "webchat", "schema", "health", "metrics", "logout", "oauth")
_log = structlog.get_logger(__name__)


class Application:
    """An ASGI app. `parts` choose what this process does: "api" works on turns, "worker" on sends and calls, "ui"
    serves the screens; the HTTP doors are open in all of them.

    `address` is where this process can be reached by itself (`http://127.0.0.1:8000`): the stand-ins of a
    demonstration live below it. `on_failure` is told when a loop that must not end did."""

    def __init__(
        self,
        settings: Settings,
        *,
        parts: tuple[Part, ...] = EVERYTHING,
        demo: bool = False,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        self.settings = settings
        self.parts = parts
        self.app: Any = None
        """The host of the screens. NiceGUI finds its server by following attributes of this name."""
        self.rt: Runtime | None = None
        self.demo: Demo | None = None
        self.fault: TramaError | None = None
        """Why it did not start."""
        self._with_demo = demo
        self._on_failure = on_failure
        self._doors: App | None = None
        self._entry: App = self._route
        self._loops: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        host = self.settings.host
        named = "127.0.0.1" if host in ("", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
        return f"http://{named}:{self.settings.port}"

    @property
    def healthy(self) -> bool:
        """Whether everything that this process should do is being done."""
        return self.rt is not None and not any(loop.done() for loop in self._loops)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await self._entry(scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        head, _, rest = scope["path"].lstrip("/").partition("/")
        if head == "_fake" and self.demo is not None:
            await _stand_in(self.demo, rest)({**scope, "path": "/" + rest.partition("/")[2]}, receive, send)
        elif head in DOORS or self.app is None or (head == "login" and scope.get("method") == "POST"):
            assert self._doors is not None
            await self._doors(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self.running())
            except TramaError as fault:
                # the installation's fault, not the program's: whoever starts it is told in one line
                self.fault = fault
                await send({"type": "lifespan.startup.failed", "message": str(fault)})
                return
            except BaseException:
                await send({"type": "lifespan.startup.failed", "message": traceback.format_exc()})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
            try:
                await stack.aclose()
            except BaseException:
                await send({"type": "lifespan.shutdown.failed", "message": traceback.format_exc()})
                raise
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Application]:
        """Everything is up inside the block; in the reverse order down after it."""
        settings = self.settings
        if self._with_demo:
            own = self.address.partition("://")[2]
            settings = msgspec.structs.replace(
                settings,
                demo=True,
                allow_hosts=settings.allow_hosts | {own, "127.0.0.1:" + own.rpartition(":")[2]},
            )
        installation = await startup.install(settings)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(asyncio.to_thread, installation.server.stop)
            rt = self.rt = await stack.enter_async_context(startup.running(installation))
            if self._with_demo:
                from engine.stage import open_stage

                self.demo = await open_stage(rt, self.address)
                stack.push_async_callback(self.demo.aclose)
            await self._work(rt, installation.dsn, stack)
            sessions = Sessions(rt)
            doors = create_doors(rt, Intake(rt), sessions, healthy=lambda: self.healthy, demo=self.demo)
            await stack.enter_async_context(doors.lifespan())
            self._doors = doors  # type: ignore[assignment]
            self._entry = Gate(self._route, sessions, rt, public_url=settings.public_url)
            if "ui" in self.parts and importlib.util.find_spec("builder_ui.app") is not None:
                await self._screens(rt, stack)
            stack.callback(self._closed)
            yield self

    def _closed(self) -> None:
        self._entry = self._route
        self.app = None

    async def _screens(self, rt: Runtime, stack: AsyncExitStack) -> None:
        from importlib import import_module

        host = import_module("builder_ui.app").create(rt, self.demo)
        self.app = host
        await stack.enter_async_context(host.router.lifespan_context(host))

    async def _work(self, rt: Runtime, dsn: str, stack: AsyncExitStack) -> None:
        """The bell, and the loops of this process's parts."""
        from engine.tasks.bell import HueyBell, NearBell, make_huey
        from engine.tasks.consumer import ConsumerThread, tasks
        from engine.tasks.crew import Crew

        huey = make_huey(self.settings.queue_url, dsn)
        crew = Crew(rt) if "worker" in self.parts else None
        bell = HueyBell(tasks(huey, crew))
        rt.bell = bell if crew is None else NearBell(crew, bell)
        stack.push_async_callback(asyncio.to_thread, bell.close)
        if crew is not None:
            self._loop(stack, "sends and calls", crew.run())
            consumer = ConsumerThread(huey)
            consumer.start()
            stack.push_async_callback(asyncio.to_thread, consumer.stop)
        if "api" in self.parts:
            self._loop(stack, "turns", Turns(rt).run())
        self._loop(stack, "routing", Routing(rt).run())

    def _loop(self, stack: AsyncExitStack, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        self._loops.append(task)

        async def end() -> None:
            self._loops.remove(task)
            task.cancel()
            await asyncio.wait([task])

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (fault := task.exception()) is not None:
                _log.critical("loop_ended", loop=name, exc_info=fault)
                self._on_failure()

        task.add_done_callback(ended)
        stack.push_async_callback(end)


def _stand_in(demo: Demo, rest: str) -> App:
    return demo.erp.app if rest.partition("/")[0] == "erp" else demo.graph.app


def create_app(
    settings: Settings,
    *,
    parts: tuple[Part, ...] = EVERYTHING,
    demo: bool = False,
    on_failure: Callable[[], None] = lambda: None,
) -> Application:
    """The program for one process. With port 0 a demonstration cannot work: bind first, then say the real port."""
    logs.configure(settings.log_level)
    return Application(settings, parts=parts, demo=demo, on_failure=on_failure)
