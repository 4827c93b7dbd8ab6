"""E-mail over SMTP, for notices.

The server's name is resolved once and every address judged like that of any outgoing call; the connection goes to the
judged address while TLS still checks the name. Whoever repeats a notice after a crash repeats its `Message-ID`, by
which mail servers and programs recognise it.
"""

from __future__ import annotations

import asyncio
import re
import socket
from email.message import EmailMessage
from email.utils import formatdate
from typing import Annotated, Literal

import aiosmtplib
import msgspec
from msgspec import Meta

from connectors.addresses import public
from connectors.calls import CallResult, Failed, Ok

_ADDRESS = re.compile(r"^[^\s@<>\",;:\\\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$")
_LINE = re.compile(r"[\x00-\x1f\x7f]+")


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`security`: `starttls` (587), `tls` (465), or `none` for a server on the own network."""

    host: str
    sender: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: Annotated[str, Meta(extra_json_schema={"secret": True})] = ""
    timeout: Annotated[float, Meta(gt=0, le=60)] = 15.0

    def __repr__(self) -> str:
        return f"MailSettings(host={self.host!r})"


def compose(
    settings: MailSettings, to: str, subject: str, text: str, html: str, key: str
) -> EmailMessage | None:
    """The message, None when `to` is no address. Line breaks cannot get into headers."""
    if not _ADDRESS.match(to):
        return None
    message = EmailMessage()
    message["From"] = settings.sender
    message["To"] = to
    message["Subject"] = _LINE.sub(" ", subject).strip()[:200] or "Trama"
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9._-]', '-', key)}@{settings.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message


async def send(
    settings: MailSettings, message: EmailMessage, *, allow: frozenset[str] = frozenset()
) -> CallResult:
    """Hand the message to the server. `allow` are private hosts (`host` or `host:port`) that may be reached."""
    try:
        async with asyncio.timeout(settings.timeout):
            connection = await _connect(settings.host, settings.port, allow)
            if connection is None:
                return Failed(code="notify:refused", detail="the mail server's address is not allowed")
            client = aiosmtplib.SMTP(
                hostname=settings.host,
                sock=connection,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                username=settings.username or None,
                password=settings.password or None,
                timeout=settings.timeout,
            )
            async with client:
                await client.send_message(message)
    except TimeoutError:
        return Failed(
            code="notify:timeout", retryable=True, detail="the mail server did not answer", fault=True
        )
    except aiosmtplib.SMTPAuthenticationError:
        return Failed(code="notify:rejected", detail="the mail server refused the credentials", fault=True)
    except aiosmtplib.SMTPResponseException as error:
        return _refused(error.code)
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _refused(max((r.code for r in error.recipients), default=550))
    except (aiosmtplib.SMTPException, OSError) as error:
        return Failed(code="notify:unavailable", retryable=True, detail=type(error).__name__, fault=True)
    return Ok({"status": 250})


def _refused(code: int) -> Failed:
    """4xx means later, 5xx never (RFC 5321, 4.2.1)."""
    busy = 400 <= code < 500
    slug = "notify:unavailable" if busy else "notify:rejected"
    return Failed(code=slug, retryable=busy, detail=f"SMTP {code}")


async def _connect(host: str, port: int, allow: frozenset[str]) -> socket.socket | None:
    """A connection to a judged address; None when one of the name's addresses may not be reached."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    allowed = host in allow or f"{host}:{port}" in allow
    if not allowed and not all(public(str(address[0])) for *_, address in found):
        return None
    family, kind, protocol, _, address = found[0]
    connection = socket.socket(family, kind, protocol)
    connection.setblocking(False)
    try:
        await loop.sock_connect(connection, address)
    except BaseException:
        connection.close()
        raise
    return connection
