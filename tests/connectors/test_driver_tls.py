"""TLS: the certificate is checked against the name, although the connection goes to an address."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connectors import safe_transport
from connectors.contract import Request
from connectors.safe_transport import SafeTransport
from connectors.wire import WireFailure

BODY = b"x" * 3_000_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "erp.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("erp.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "erp.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
async def port(certificate: Path) -> AsyncIterator[int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def fetched(name: str, port: int, trusted: Path | None, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(safe_transport, "_resolve", resolve)
    context = ssl.create_default_context(cafile=trusted)
    transport = SafeTransport(frozenset({f"{name}:{port}"}), ssl_context=context)
    request = Request(method="GET", url=f"https://{name}:{port}/", max_bytes=5_000_000)
    try:
        return [(await transport.exchange(request)).body for _ in range(3)]
    finally:
        await transport.aclose()


async def test_a_large_answer_over_tls(port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await fetched("erp.example", port, certificate, monkeypatch) == [BODY] * 3


@pytest.mark.parametrize(("name", "trusts"), [("other.example", True), ("erp.example", False)])
async def test_nothing_is_written_to_somebody_else(
    name: str, trusts: bool, port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WireFailure) as caught:
        await fetched(name, port, certificate if trusts else None, monkeypatch)
    assert (caught.value.code, caught.value.written) == ("wire:unreachable", False)
