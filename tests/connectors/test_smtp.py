"""Notices by e-mail, handed to a real SMTP server on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from connectors.calls import Failed, Ok
from connectors.smtp import MailSettings, compose, send


class Postbox:
    """Keeps what came; refuses one recipient and is busy for another."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 no such person"
        if address.startswith("later"):
            return "451 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
async def post() -> AsyncIterator[tuple[Postbox, MailSettings]]:
    box = Postbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield box, MailSettings(host="127.0.0.1", port=port, sender="bot@acme.com.br", security="none")
    server.close()


async def mail(settings: MailSettings, to: str, subject: str = "Oi", allow: str = "127.0.0.1") -> Any:
    message = compose(settings, to, subject, "Olá, é só um aviso.", "<p>Olá</p>", "i7.1")
    assert message is not None
    return await send(settings, message, allow=frozenset({allow}))


async def test_a_notice_arrives_and_a_repeat_has_the_same_name(
    post: tuple[Postbox, MailSettings],
) -> None:
    box, settings = post
    assert isinstance(await mail(settings, "ana@example.com", "Novo lead: Conceição"), Ok)
    (letter,) = box.letters
    assert letter["subject"] == "Novo lead: Conceição"
    assert letter["message-id"] == "<i7.1@acme.com.br>"
    assert "só um aviso" in letter.get_body(("plain",)).get_content()


async def test_line_breaks_cannot_add_headers(post: tuple[Postbox, MailSettings]) -> None:
    box, settings = post
    await mail(settings, "ana@example.com", "Oi\r\nBcc: all@example.com")
    assert box.letters[0]["bcc"] is None


@pytest.mark.parametrize("to", ["", "ana", "ana@x\r\nBcc: b@c", "a@b, c@d", "<ana@example.com>"])
def test_what_is_no_address_is_no_letter(to: str) -> None:
    assert compose(MailSettings(host="h", sender="a@b.com"), to, "s", "t", "h", "k") is None


async def test_a_refused_recipient_is_final_and_a_busy_server_is_not(
    post: tuple[Postbox, MailSettings],
) -> None:
    _, settings = post
    refused, busy = await mail(settings, "nobody@example.com"), await mail(settings, "later@example.com")
    assert isinstance(refused, Failed) and not refused.retryable
    assert busy == Failed(code="notify:unavailable", retryable=True, detail="SMTP 451")


async def test_a_server_on_the_own_network_is_refused_unless_it_is_allowed(
    post: tuple[Postbox, MailSettings],
) -> None:
    box, settings = post
    result = await mail(settings, "ana@example.com", allow="mail.example.com")
    assert result == Failed(code="notify:refused", detail="the mail server's address is not allowed")
    assert box.letters == []


async def test_nobody_listens() -> None:
    settings = MailSettings(host="127.0.0.1", port=9, sender="a@b.com", security="none")
    result = await mail(settings, "ana@example.com")
    assert isinstance(result, Failed) and result.retryable


def test_the_password_is_not_shown() -> None:
    assert "hunter2" not in repr(MailSettings(host="h", sender="a@b.com", password="hunter2"))
