"""Requests on a real socket: where they may go, and what is said when they do not come back."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Generator

import pytest

from connectors import safe_transport
from connectors.addresses import public
from connectors.contract import NotSent, Outcome, Request, Response, Sent
from connectors.driver import Driver
from connectors.wire import WireFailure

Script = dict[str, bytes | None]


def page(body: bytes = b"ok", status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Server:
    """Answers a path with the bytes of its script; b"" hangs up after reading, None never answers."""

    def __init__(self) -> None:
        self.script: Script = {}
        self.seen: list[bytes] = []
        self.connections = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.origin = f"127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.seen.append(head)
                answer = self.script.get(head.split(b" ")[1].decode().partition("?")[0], page())
                if answer is None:
                    await reader.read()
                if not answer:
                    return
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def stop(self) -> None:
        self._server.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def driver(server: Server) -> AsyncIterator[Driver]:
    driver = Driver(allow=frozenset({server.origin}))
    yield driver
    await driver.aclose()


def get(server: Server, path: str = "/", **more: object) -> Request:
    return Request(method="GET", url=f"http://{server.origin}{path}", **more)  # type: ignore[arg-type]


async def fails(driver: Driver, request: Request, *, follow: bool = False) -> WireFailure:
    with pytest.raises(WireFailure) as caught:
        await driver.request(request, follow=follow)
    return caught.value


async def test_one_connection_serves_many_requests(server: Server, driver: Driver) -> None:
    for _ in range(5):
        assert (await driver.request(get(server))).body == b"ok"
    assert server.connections == 1
    assert f"host: {server.origin}".encode() in server.seen[0].lower()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
        "2001:0:1::1", "::127.0.0.1", "fec0::1", "fe80::1%eth0", "localhost", "",
    ],
)  # fmt: skip
def test_not_the_public_internet(address: str) -> None:
    assert not public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet(address: str) -> None:
    assert public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://0x7f.1/", "http://2130706433/", "http://[::1]/",
        "http://[::ffff:7f00:1]/", "http://169.254.169.254/latest/meta-data", "https://8.8.8.8:22/", "http://127.1:6379/",
    ],
)  # fmt: skip
async def test_an_address_within_is_refused_before_a_byte_is_written(url: str) -> None:
    failure = await fails(Driver(), Request(method="GET", url=url))
    assert (failure.code, failure.written) == ("wire:refused", False)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/", "file:///etc/passwd", "http://", "http://u:p@example.org/", "http://[::1", "x"],
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    failure = await fails(Driver(), Request(method="GET", url=url))
    assert failure.code == "wire:bad-request"


async def test_one_private_address_among_public_ones_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["8.8.8.8", "10.0.0.1"]

    monkeypatch.setattr(safe_transport, "_resolve", resolve)
    failure = await fails(Driver(), Request(method="GET", url="http://rebind.example/"))
    assert failure.code == "wire:refused"


async def test_a_name_is_resolved_once_for_its_connection(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(safe_transport, "_resolve", resolve)
    driver = Driver(allow=frozenset({f"erp.example:{server.port}"}))
    for _ in range(3):
        await driver.request(Request(method="GET", url=f"http://erp.example:{server.port}/"))
    await driver.aclose()
    assert asked == ["erp.example"]
    assert b"host: erp.example:" in server.seen[0].lower()


async def test_a_header_cannot_smuggle_another(server: Server, driver: Driver) -> None:
    failure = await fails(driver, get(server, headers={"x": "a\r\nevil: 1"}))
    assert failure.code == "wire:bad-request"
    assert server.seen == []


async def test_a_redirect_is_judged_like_a_request(server: Server, driver: Driver) -> None:
    server.script["/in"] = page(b"", "302 Found", "Location: http://169.254.169.254/")
    failure = await fails(driver, get(server, "/in"), follow=True)
    assert failure.code == "wire:refused"


async def test_redirects_end(server: Server, driver: Driver) -> None:
    server.script["/loop"] = page(b"", "302 Found", "Location: /loop")
    failure = await fails(driver, get(server, "/loop"), follow=True)
    assert failure.code == "wire:redirect"
    assert len(server.seen) == 4


async def test_credentials_do_not_follow_to_another_origin(server: Server) -> None:
    driver = Driver(allow=frozenset({server.origin, f"localhost:{server.port}"}))
    server.script["/a"] = page(b"", "307 Temporary Redirect", f"Location: http://localhost:{server.port}/b")
    await driver.request(
        get(server, "/a", headers={"Authorization": "Bearer t", "X-Api-Key": "k"}), follow=True
    )
    await driver.aclose()
    assert b"bearer t" in server.seen[0].lower()
    assert b"bearer" not in server.seen[1].lower()
    assert b"x-api-key" not in server.seen[1].lower()


async def test_without_follow_a_redirect_is_just_an_answer(server: Server, driver: Driver) -> None:
    server.script["/r"] = page(b"", "302 Found", "Location: /elsewhere")
    assert (await driver.request(get(server, "/r"))).status == 302


async def test_an_answer_is_capped_also_when_compressed(server: Server, driver: Driver) -> None:
    server.script["/big"] = page(b"x" * 5000)
    server.script["/bomb"] = page(gzip.compress(b"x" * 5_000_000), "200 OK", "Content-Encoding: gzip")
    server.script["/zip"] = page(gzip.compress(b"hello"), "200 OK", "Content-Encoding: gzip")
    for path in ("/big", "/bomb"):
        assert (
            await fails(driver, get(server, path, max_bytes=4999 if path == "/big" else 100_000))
        ).code == ("wire:too-large")
    assert (await driver.request(get(server, "/zip"))).body == b"hello"


def sending(request: Request) -> Generator[Request, Response, Outcome]:
    response = yield request
    return Sent(external_ids=[str(response.status)])


@pytest.mark.parametrize(
    ("path", "policy", "code"), [("/hang", "unknown", "wire:timeout"), ("/drop", "unknown", "wire:dropped")]
)
async def test_a_request_that_left_and_has_no_answer_is_unknown(
    server: Server, driver: Driver, path: str, policy: str, code: str
) -> None:
    server.script = {"/hang": None, "/drop": b""}
    outcome = await driver.run(sending(get(server, path, timeout=0.2)))
    assert isinstance(outcome, NotSent)
    assert (outcome.policy, outcome.code) == (policy, code)


async def test_a_request_that_never_left_may_be_tried_again(server: Server) -> None:
    await server.stop()
    driver = Driver(allow=frozenset({server.origin, "nobody.invalid:80"}))
    outcomes = [
        await driver.run(sending(get(server))),
        await driver.run(sending(Request(method="GET", url="http://nobody.invalid/"))),
    ]
    assert [(o.policy, o.code) for o in outcomes if isinstance(o, NotSent)] == [
        ("retry", "wire:unreachable"),
        ("retry", "wire:unresolved"),
    ]


async def test_an_address_that_is_not_allowed_is_not_tried_again() -> None:
    outcome = await Driver().run(sending(Request(method="GET", url="http://10.0.0.1/")))
    assert isinstance(outcome, NotSent)
    assert outcome.policy == "permanent"


async def test_failures_hold_no_secret(server: Server, driver: Driver) -> None:
    server.script["/drop"] = b""
    request = get(server, "/drop?token=hush", headers={"authorization": "Bearer hush"})
    failure = await fails(driver, request)
    assert "hush" not in f"{failure!r} {failure} {request!r} {failure.__cause__!r}"


async def test_a_proxy_of_the_environment_is_not_used(
    server: Server, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert (await driver.request(get(server))).status == 200


async def test_a_plan_learns_of_its_failure(server: Server, driver: Driver) -> None:
    def plan(made: Callable[[], Request]) -> Generator[Request, Response, str]:
        try:
            yield made()
        except WireFailure as failure:
            return failure.code
        return "answered"

    server.script["/drop"] = b""
    assert await driver.drive(plan(lambda: get(server, "/drop"))) == "wire:dropped"
