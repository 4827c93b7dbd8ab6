"""Helpers for tests of connectors: a generator driven by hand, no network."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any

import msgspec
import pytest

from connectors.contract import Request, Response
from connectors.fake.asgi import App, AsgiWire
from connectors.wire import WireFailure

Answer = Response | WireFailure | dict[str, Any]


@pytest.fixture
def drive() -> Callable[..., tuple[list[Request], Any]]:
    """`drive(plan, *answers)`: the requests that the plan made and what it returned."""

    def run(plan: Generator[Request, Response, Any], *answers: Answer) -> tuple[list[Request], Any]:
        requests: list[Request] = []
        waiting = list(answers)
        try:
            requests.append(next(plan))
            while True:
                match waiting.pop(0):
                    case WireFailure() as failure:
                        requests.append(plan.throw(failure))
                    case Response() as response:
                        requests.append(plan.send(response))
                    case value:
                        requests.append(plan.send(Response(status=200, body=msgspec.json.encode(value))))
        except StopIteration as end:
            assert not waiting, "the plan ended before it used its answers"
            return requests, end.value

    return run


@pytest.fixture
def call() -> Callable[..., Awaitable[Any]]:
    """`await call(app, "POST", "/path", value)`: the JSON answer of an ASGI app in this process."""

    async def run(application: App, method: str, path: str, value: Any = None, **headers: str) -> Any:
        request = Request(method=method, url=f"http://app{path}", json=value, headers=headers, timeout=10)
        answer = await AsgiWire({"app": application}).exchange(request)
        return msgspec.json.decode(answer.body)

    return run
