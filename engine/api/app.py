"""The Litestar application: all HTTP and WebSocket doors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, Reference, SecurityScheme

from engine.api import (
    agents,
    audit,
    canned,
    channels,
    company,
    contact_fields,
    contact_imports,
    contacts,
    conversations,
    events,
    files,
    flows,
    health,
    inbox,
    keys,
    live,
    login,
    me,
    oauth,
    operations,
    people,
    problems,
    queues,
    teams,
    templates,
    tickets,
    webchat,
    webhooks,
)
from engine.api.access import asker
from engine.api.sessions import COOKIE, Sessions
from engine.services.demo import Demo
from engine.services.intake import Intake
from engine.services.runtime import Runtime

LARGEST = 4_000_000
"""Bytes of a request's body; a flow of 2,000 nodes has 1.5 MB."""


def create(
    rt: Runtime, intake: Intake, sessions: Sessions, *, healthy: Callable[[], bool], demo: Demo | None = None
) -> Litestar:
    """`healthy` says whether the loops of this process run. The scope must carry `user` (`engine.api.gate`)."""

    def given(value: Any) -> Provide:
        return Provide(lambda: value, use_cache=True, sync_to_thread=False)

    return Litestar(
        route_handlers=[
            webhooks.receive,
            files.file,
            webchat.talk,
            webchat.widget,
            webchat.demo,
            *login.handlers,
            oauth.router,
            me.router,
            people.router,
            teams.router,
            keys.router,
            audit.router,
            company.router,
            health.live,
            health.ready,
            health.health,
            flows.router,
            conversations.router,
            queues.router,
            channels.router,
            agents.router,
            tickets.router,
            live.agent,
            live.conversation,
            inbox.router,
            canned.router,
            templates.router,
            contacts.router,
            contact_imports.router,
            contact_fields.field_router,
            contact_fields.tag_router,
            operations.router,
            events.emit,
        ],
        dependencies={
            "rt": given(rt),
            "intake": given(intake),
            "sessions": given(sessions),
            "healthy": given(healthy),
            "who": Provide(asker),
        },
        exception_handlers=problems.HANDLERS,
        request_max_body_size=LARGEST,
        openapi_config=_openapi(),
        logging_config=None,
    )


def _openapi() -> OpenAPIConfig:
    schemes: dict[str, SecurityScheme | Reference] = {
        "key": SecurityScheme(type="apiKey", name="X-API-Key", security_scheme_in="header"),
        "bearer": SecurityScheme(type="http", scheme="bearer"),
        "session": SecurityScheme(type="apiKey", name=COOKIE, security_scheme_in="cookie"),
    }
    return OpenAPIConfig(
        title="Trama",
        version="1",
        description="Failures are problem documents (RFC 9457) with a stable `code` and the `path` of the fault.",
        components=Components(security_schemes=schemes),
        security=[{"key": []}, {"bearer": []}, {"session": []}],
        # pages that load scripts from elsewhere are left out: this server tells nobody what it serves
        render_plugins=[JsonRenderPlugin(), YamlRenderPlugin()],
        path="/schema",
    )
