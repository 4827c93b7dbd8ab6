"""Two contacts become one with their evidence, and two again."""

from __future__ import annotations

import pytest
from harness import Company

from engine.core.errors import TramaError
from engine.core.message import Text
from engine.services import contact_merge, contacts, conversations, events
from engine.services.contacts import Change
from engine.services.events import ContactRef

CPF = "52998224725"
ONE, OTHER = "5541988887777", "5511977776666"


async def contact_of(acme: Company, phone: str) -> int:
    rows = await acme.rows(
        "SELECT contact_id FROM contact_identity WHERE value = $1 AND channel_id > 0", phone
    )
    return int(rows[0])


async def two(acme: Company) -> tuple[int, int]:
    """Ana wrote from two phones and told her CPF on both."""
    await acme.says("oi", phone=ONE)
    await acme.says("oi de novo", phone=OTHER)
    one, other = await contact_of(acme, ONE), await contact_of(acme, OTHER)
    for contact in (one, other):
        await contacts.change(acme.rt, acme.tenant, contact, Change(cpf=CPF))
    return one, other


async def test_duplicates_are_proposed_with_what_they_share(acme: Company) -> None:
    one, other = await two(acme)
    (found,) = await contact_merge.duplicates(acme.rt, acme.tenant, one)
    assert (found.contact.id, [(e.kind, e.value) for e in found.evidence]) == (other, [("cpf", CPF)])
    (pair,) = await contact_merge.pairs(acme.rt, acme.tenant)
    assert (pair.older.id, pair.newer.id, [e.kind for e in pair.evidence]) == (one, other, ["cpf"])
    await contact_merge.are_two(acme.rt, acme.tenant, one, other)
    assert await contact_merge.duplicates(acme.rt, acme.tenant, one) == []
    assert await contact_merge.pairs(acme.rt, acme.tenant) == []


async def test_a_merge_moves_all_and_taking_it_back_moves_just_that(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    one, other = await two(acme)
    await contacts.change(rt, tenant, one, Change(tags=["vip"]))
    await contacts.change(rt, tenant, other, Change(tags=["old", "vip"], email="ana@x.com", name="Ana Souza"))
    await contacts.consent(rt, tenant, other, topic="all", granted=False)
    (older,) = await conversations.of_contact(rt, tenant, one)
    (newer,) = await conversations.of_contact(rt, tenant, other)
    seen = await contact_merge.preview(rt, tenant, one, other)
    # of two threads on one channel the one that spoke last goes on
    assert (seen.closes, seen.conversations, seen.refused) == ([older.id], 1, "")

    merge = await contact_merge.merge(rt, tenant, one, other, reason="same voice")
    card = await contacts.contact(rt, tenant, one)
    assert (card.contact.name, card.contact.email, card.contact.tags) == ("Ana", "ana@x.com", ["vip", "old"])
    assert card.contact.opted_out
    assert [e.kind for e in merge.evidence] == ["cpf", "person"]
    gone = (await contacts.contact(rt, tenant, other)).contact
    assert (gone.state, gone.merged_into) == ("merged", one)
    assert [c.id for c in await contacts.contacts(rt, tenant)] == [one]
    with pytest.raises(TramaError, match="contact:merged"):
        await contacts.change(rt, tenant, other, Change(name="x"))

    # either phone comes into the one thread, and is answered where it asked
    person = await acme.person()
    for phone in (ONE, OTHER, ONE):
        await acme.says("e agora?", phone=phone)
        await conversations.reply(rt, tenant, newer.id, Text("aqui"), person=person)
        await acme.deliveries.drain()
    assert [r.json["to"] for r in acme.graph.requests if r.json.get("type") == "text"] == [ONE, OTHER, ONE]
    assert len(await acme.rows("SELECT 1 FROM conversation WHERE state = 'open'")) == 1
    # other systems that know the old number of ours are led to the one
    emitted = await events.emit(rt, tenant, "payment.received", {}, contact=ContactRef(id=other))
    assert emitted.conversations == [newer.id]

    await contacts.change(rt, tenant, one, Change(email="new@x.com"))
    await contact_merge.undo(rt, tenant, merge.id, person=person)
    back = (await contacts.contact(rt, tenant, one)).contact
    assert (back.name, back.tags, back.opted_out) == ("Ana", ["vip"], False)
    # what was changed since stays
    assert back.email == "new@x.com"
    assert (await contacts.contact(rt, tenant, other)).contact.state == "active"
    assert await contact_of(acme, OTHER) == other
    assert [c.id for c in await conversations.of_contact(rt, tenant, other)] == [newer.id]
    assert [(c.id, c.state) for c in await conversations.of_contact(rt, tenant, one)] == [(older.id, "open")]
    assert await acme.rows("SELECT contact_id FROM consent") == [other]
    with pytest.raises(TramaError, match="merge:undone"):
        await contact_merge.undo(rt, tenant, merge.id)
    actions = await acme.rows("SELECT action FROM audit WHERE subject = $1 ORDER BY id", f"contact:{other}")
    assert actions[-2:] == ["contact_merged", "contact_merge_undone"]


async def test_nobodys_customer_is_merged_away_while_both_are_served(acme: Company) -> None:
    one, other = await two(acme)
    person = await acme.person()
    for contact in (one, other):
        (thread,) = await conversations.of_contact(acme.rt, acme.tenant, contact)
        await acme.rows(
            "INSERT INTO ticket (conversation_id, queue) VALUES ($1, 'geral') RETURNING id", thread.id
        )
    with pytest.raises(TramaError, match="merge:both-served"):
        await contact_merge.merge(acme.rt, acme.tenant, one, other, person=person)
    assert (await contact_merge.preview(acme.rt, acme.tenant, one, other)).refused == "merge:both-served"
    assert (await contacts.contact(acme.rt, acme.tenant, other)).contact.state == "active"
    with pytest.raises(TramaError, match="merge:same"):
        await contact_merge.merge(acme.rt, acme.tenant, one, one)


async def test_merges_are_taken_back_in_turn(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    a, b, c = [
        (await contacts.create(rt, tenant, Change(name=name, email="a@x.com"))).contact.id for name in "ABC"
    ]
    first = await contact_merge.merge(rt, tenant, b, c)
    second = await contact_merge.merge(rt, tenant, a, b)
    with pytest.raises(TramaError, match="merge:later-first"):
        await contact_merge.undo(rt, tenant, first.id)
    await contact_merge.undo(rt, tenant, second.id)
    await contact_merge.undo(rt, tenant, first.id)
    assert [r.name for r in await contacts.contacts(rt, tenant)] == ["C", "B", "A"]
