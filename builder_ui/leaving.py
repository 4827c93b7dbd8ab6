"""Pages that stay open while a session ends: who is logged out elsewhere, sent away or given other roles does not work
on in a page that was opened before.

A page asks who it is when it is made; afterwards it talks over a socket. So the sessions of all open pages of this
process are looked at every few seconds.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

from nicegui import Client, app, background_tasks

from engine.core.errors import TramaError
from engine.services import logins
from engine.services.principal import Principal
from engine.services.runtime import Runtime

EVERY_SECONDS = 5.0
_NOTICE_SECONDS = 1.0


def register(rt: Runtime) -> None:
    async def watch() -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await look(rt)
            except TramaError:
                # a database that is away lets nobody do anything; the next look finds it back
                continue

    app.on_startup(lambda: background_tasks.create(watch(), name="sessions of open pages"))


async def look(rt: Runtime) -> None:
    """Send away the pages whose session is over, and load those anew whose people have other roles."""
    opened: defaultdict[int, list[tuple[Client, Principal]]] = defaultdict(list)
    for client in list(Client.instances.values()):
        user = _user(client)
        if user is not None and user.session is not None:
            opened[user.tenant].append((client, user))
    for tenant, pages in opened.items():
        holding = await logins.holding(rt, tenant, sorted({user.session or 0 for _, user in pages}))
        for client, user in pages:
            roles = holding.get(user.session or 0)
            if roles is None:
                background_tasks.create(_leave(client, "location.href = '/login'"), name="page left")
            elif roles != user.roles:
                background_tasks.create(_leave(client, "location.reload()"), name="page loaded anew")


def _user(client: Client) -> Principal | None:
    request = client.request
    found: Principal | None = request.scope.get("user") if request is not None else None
    return found


async def _leave(client: Client, script: str) -> None:
    """The browser is told first; a browser that does not listen is cut off all the same."""
    client.run_javascript(script)
    await asyncio.sleep(_NOTICE_SECONDS)
    if not client.is_deleted:
        client.delete()
