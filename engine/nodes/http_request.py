"""Ask any HTTP service and keep its answer. The turn does not wait for it: the answer is an event of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from engine.core.events import AnyEvent, CallAnswered
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run
from engine.core.secrets import MEMBER, references
from engine.core.waiting import no_answer


class HttpRequest(Node, tag="http_request", frozen=True, kw_only=True):
    """The answer is kept as `{"status": 200, "body": …}`; `ok` for 2xx, `refused` for any other status, `error`
    when no answer came. A header or body value `{"secret": "name"}` is a secret of the company, never shown."""

    palette: ClassVar[Palette] = Palette(
        group="do",
        icon="http",
        title={"pt-BR": "Requisição HTTP", "en": "HTTP request"},
        summary={
            "pt-BR": "Consulta um serviço pela internet e guarda a resposta.",
            "en": "Asks a service on the internet and keeps the answer.",
        },
    )
    waits: ClassVar[bool] = True
    starter: ClassVar[dict[str, Any]] = {"url": "https://", "save_as": "response"}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="answered",
            node={
                "type": "http_request",
                "id": "zip",
                "url": "https://example.com/cep/{{ zip }}",
                "save_as": "address",
            },
            vars={"zip": "01001000"},
            turns=[
                {"text": "oi", "effects": ["call"]},
                {
                    "answer": {"value": {"status": 200, "body": {"city": "São Paulo"}}},
                    "exits": ["zip.ok"],
                    "vars": {"address": {"status": 200, "body": {"city": "São Paulo"}}},
                },
            ],
        ),
        Example(
            name="refused, and out of reach",
            node={
                "type": "http_request",
                "id": "zip",
                "url": "https://example.com/cep",
                "save_as": "address",
            },
            turns=[
                {"text": "oi"},
                {"answer": {"value": {"status": 404, "body": None}}, "exits": ["zip.refused"]},
            ],
        ),
        Example(
            name="the service is down",
            node={
                "type": "http_request",
                "id": "zip",
                "url": "https://example.com/cep",
                "save_as": "address",
            },
            turns=[{"text": "oi"}, {"answer": {"error": "http:unavailable"}, "exits": ["zip.error"]}],
        ),
    )

    method: Annotated[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], Meta(title="Method")] = "GET"
    url: Annotated[str, Meta(title="Address", min_length=1, max_length=2000)]
    headers: Annotated[dict[str, Any], Meta(title="Headers", max_length=30)] = {}
    body: Annotated[Any, Meta(title="Body (JSON)")] = None
    save_as: Annotated[str, Meta(title="Save as", pattern=r"^[a-z][a-z0-9_]*$")]
    timeout: Annotated[float, Meta(gt=0, le=60, title="Time limit (seconds)")] = 15.0

    def exits(self) -> list[str]:
        return ["ok", "refused", "error"]

    def error_exits(self) -> frozenset[str]:
        return frozenset({"refused", "error"})

    def writes(self) -> dict[str, str]:
        return {self.save_as: "object"}

    def templates(self) -> Iterable[tuple[str, Words]]:
        yield "/url", self.url
        yield from ((f"/headers/{k}", v) for k, v in self.headers.items() if isinstance(v, str))

    def enter(self, run: Run) -> Move:
        args: dict[str, Any] = {
            "method": self.method,
            "url": run.text(self.url),
            "headers": run.fill(self.headers),
        }
        if self.body is not None:
            args["body"] = run.fill(self.body)
        named = references({"headers": self.headers, "body": self.body})
        if named:
            args[MEMBER] = named
        return run.call("http", "request", args, timeout=self.timeout)

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        match event:
            case CallAnswered(ok=True, value=value):
                run.set(self.save_as, value)
                status = value.get("status") if isinstance(value, dict) else None
                good = isinstance(status, int) and 200 <= status < 300
                return Go("ok" if good else "refused", f"status {status}")
        return no_answer(run, self.id, event)
