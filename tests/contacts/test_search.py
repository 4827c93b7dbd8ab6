"""People are found by what one happens to know of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from harness import Company
from hypothesis import given
from hypothesis import strategies as st

from connectors.phone import variants
from engine.services import contact_fields, contacts
from engine.services.contact_search import Filters
from engine.services.contact_values import phone_key
from engine.services.contacts import Change


async def names(acme: Company, words: str = "", **filters: object) -> list[str]:
    asked = Filters(words=words, **filters)
    found = await contacts.contacts(acme.rt, acme.tenant, filters=asked)
    assert await contacts.count(acme.rt, acme.tenant, asked) == len(found)
    return sorted(row.name for row in found)


async def test_a_contact_is_found_by_words_numbers_addresses_and_tags(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    await contact_fields.save(rt, tenant, "plan", contact_fields.FieldChange(label="Plano", kind="text"))
    maria = await contacts.create(
        rt,
        tenant,
        Change(
            name="María da Silva",
            phone="(41) 98888-7777",
            email="Maria@Example.com",
            cpf="529.982.247-25",
            tags=["vip"],
            fields={"plan": "gold"},
        ),
    )
    await contacts.create(rt, tenant, Change(name="Mário Souza", phone="+1 650 555 1234"))
    # this one came by WhatsApp, under the short form of the number
    await acme.says("oi", phone="551187654321")

    for words in ("mar sil", "MARIA", "silva mar", "maría da"):
        assert await names(acme, words) == ["María da Silva"]
    for words in (
        "41988887777",
        "5541988887777",
        "554188887777",
        "4188887777",
        "(41) 98888-7777",
        "98888-7777",
        "88887777",
        "7777",
        "41 98888",
        "041 988887777",
    ):
        assert await names(acme, words) == ["María da Silva"], words
    for words in (
        "529.982.247-25",
        "52998224725",
        "529982",
        "maria@",
        "MARIA@example.com",
        "#vip",
        "mar #vip",
    ):
        assert await names(acme, words) == ["María da Silva"], words
    assert await names(acme, "mar") == ["María da Silva", "Mário Souza"]
    assert await names(acme, "6505551234") == ["Mário Souza"]
    assert await names(acme, "11987654321") == ["Ana"]
    for words in ("joana", "maria souza", "9999-0000", "x@", "#gold", "&|!:*", "''", "\\"):
        assert await names(acme, words) == [], words

    soon = datetime.now(UTC) + timedelta(hours=1)
    assert await names(acme, tag="vip", field="plan") == ["María da Silva"]
    assert await names(acme, channel=acme.channel) == ["Ana"]
    assert await names(acme, seen_from=soon - timedelta(hours=2)) == ["Ana"]
    assert await names(acme, seen_to=soon - timedelta(hours=2)) == ["María da Silva", "Mário Souza"]
    assert await names(acme, created_from=soon) == []
    await contacts.consent(rt, tenant, maria.contact.id, topic="all", granted=False, words="SAIR")
    assert await names(acme, opted_out=True) == ["María da Silva"]
    assert await names(acme, topic="all", granted=False) == ["María da Silva"]

    first = await contacts.contacts(rt, tenant, limit=2)
    rest = await contacts.contacts(rt, tenant, before=first[-1].id, limit=2)
    assert [r.id for r in first + rest] == sorted((r.id for r in first + rest), reverse=True)
    assert len(first + rest) == 3


_LOCAL = st.from_regex(r"[1-9][1-9]9?[6-9][0-9]{7}", fullmatch=True)


@given(_LOCAL)
def test_all_spellings_of_a_number_have_one_key(local: str) -> None:
    assert len({phone_key(spelled) for spelled in variants("55" + local)}) == 1


async def test_the_database_writes_the_key_of_a_number_as_the_program_does(acme: Company) -> None:
    numbers = [
        "5541988887777", "554188887777", "5541932345678", "554132345678", "5491123456789", "541123456789",
        "5215512345678", "525512345678", "16505551234", "551143211234",
    ]  # fmt: skip
    assert await acme.rows("SELECT trama_phone(n) FROM unnest($1::text[]) n", numbers) == [
        phone_key(n) for n in numbers
    ]


async def test_a_number_that_was_typed_in_is_recognised_when_it_writes(acme: Company) -> None:
    made = await contacts.create(acme.rt, acme.tenant, Change(name="Bia", phone="41 98888-7777"))
    await acme.says("oi", phone="554188887777")
    assert await acme.rows("SELECT contact_id FROM conversation") == [made.contact.id]
    assert await acme.rows("SELECT payload->'first' FROM inbox") == [True]
    with pytest.raises(Exception, match="contact:known"):
        await contacts.create(acme.rt, acme.tenant, Change(phone="4188887777"))
