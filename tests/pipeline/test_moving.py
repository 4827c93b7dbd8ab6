"""A conversation that goes on over another channel: one thread, both sides told."""

from __future__ import annotations

import re

import pytest
from harness import PHONE, Company

from engine.core.errors import TramaError
from engine.core.message import Text
from engine.services import channels, conversations, moving, webchat


async def begun(acme: Company) -> tuple[int, int]:
    """A person serves somebody who wrote on WhatsApp; (conversation, webchat channel)."""
    site = await channels.save(acme.rt, acme.tenant, "webchat", "Site", {"burst_seconds": 0})
    await acme.says("oi")
    await acme.turns.drain()
    (conversation,) = await acme.rows("SELECT id FROM conversation")
    rui = await acme.person()
    await conversations.take(acme.rt, acme.tenant, conversation, rui)
    return conversation, site


async def invitation(acme: Company) -> str:
    text = (await acme.replies())[-1]
    found = re.search(r"#trama=(\S+)$", text)
    assert found, text
    return found[1]


async def hello(acme: Company, site: int, join: str) -> webchat.Visit:
    said = f'{{"t":"hello","join":"{join}"}}'.encode()
    return await webchat.open_visit(acme.rt, acme.intake, site, hello=said)


async def test_somebody_from_whatsapp_goes_on_in_the_webchat(acme: Company) -> None:
    conversation, site = await begun(acme)
    ways = await moving.ways(acme.rt, acme.tenant, conversation)
    assert [(w.name, w.how) for w in ways] == [("Site", "invite")]
    assert await moving.move(acme.rt, acme.tenant, conversation, site) == "invited"
    secret = await invitation(acme)

    visit = await hello(acme, site, secret)
    row = await conversations.conversation(acme.rt, acme.tenant, conversation)
    assert (row.channel_id, row.owner) == (site, "person"), "the same thread, the same person serves it"
    said = (await acme.replies())[-2:]
    assert said == [
        "Vamos continuar esta conversa por Site.",
        f"Continuamos aqui o seu atendimento, protocolo {row.protocol}.",
    ]
    assert await acme.rows(
        "SELECT DISTINCT contact_id FROM contact_identity WHERE channel_id = $1", site
    ) == [row.contact_id]

    await acme.deliveries.drain()
    assert acme.graph.texts[-1] == "Vamos continuar esta conversa por Site.", "told where they came from"

    await visit.receive(b'{"t":"message","id":"abcdefgh","text":"cheguei"}')
    thread = await conversations.messages(acme.rt, acme.tenant, conversation)
    assert thread[0].text == "cheguei"
    frames = b" ".join(await visit._missed())
    assert b"Continuamos aqui" in frames
    assert b'"oi"' not in frames, "what was said on WhatsApp is not shown to whoever holds the link"

    again = await hello(acme, site, secret)
    assert again.visitor != visit.visitor
    assert await acme.rows("SELECT count(*) FROM contact_identity WHERE channel_id = $1", site) == [1], (
        "it works once"
    )
    forged = await hello(acme, site, secret[:-1] + ("0" if secret[-1] != "0" else "1"))
    assert await acme.rows("SELECT count(*) FROM contact_identity WHERE value = $1", forged.visitor) == [0]


async def test_and_back_with_what_was_said_meanwhile(acme: Company) -> None:
    """On the way back to WhatsApp the contact has written there again: both become one thread."""
    conversation, site = await begun(acme)
    await moving.move(acme.rt, acme.tenant, conversation, site)
    await hello(acme, site, await invitation(acme))
    await acme.says("ainda estou aqui", phone=PHONE)
    await acme.turns.drain()
    (other,) = await acme.rows("SELECT id FROM conversation WHERE id <> $1", conversation)

    assert await moving.move(acme.rt, acme.tenant, conversation, acme.channel) == "moved"
    assert await acme.rows("SELECT state, close_reason FROM conversation WHERE id = $1", other) == [
        ("closed", "desk:joined")
    ]
    texts = [m.text for m in await conversations.messages(acme.rt, acme.tenant, conversation)]
    assert "ainda estou aqui" in texts
    assert await acme.rows("SELECT count(*) FROM ticket WHERE state IN ('waiting', 'serving')") == [1]
    rui = (await conversations.conversation(acme.rt, acme.tenant, conversation)).person_id
    assert rui is not None
    await conversations.reply(acme.rt, acme.tenant, conversation, Text("de volta"), person=rui)
    await acme.deliveries.drain()
    assert acme.graph.texts[-1] == "de volta"


async def test_where_nobody_knows_them_they_cannot_be_moved(acme: Company) -> None:
    conversation, _ = await begun(acme)
    with pytest.raises(TramaError, match="moving:no-way"):
        await moving.move(acme.rt, acme.tenant, conversation, 999)
    await conversations.close(acme.rt, acme.tenant, conversation)
    with pytest.raises(TramaError, match="conversation:closed"):
        await moving.move(acme.rt, acme.tenant, conversation, 999)
