"""Of somebody who is erased nothing is left, wherever it stood; who they were can be handed over before."""

# ruff: noqa: E501  statements that make one row each

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import zipfile

import asyncpg
import msgspec
import pytest
from harness import PHONE, Company

from engine.core.errors import TramaError
from engine.services import (
    contact_files,
    contact_import,
    contact_merge,
    contacts,
    erasure,
    events,
    media,
    portability,
)
from engine.services.contact_import import Importer
from engine.services.contacts import Change
from engine.services.events import ContactRef
from engine.store import erasing

SECRET = "xyzzy-segredo"
OTHER = "5511977776666"
READ_BACK = {
    ("message", "content"), ("message", "external_id"), ("contact", "phone"), ("contact", "cpf"),
    ("contact_identity", "value"), ("contact_identity", "kind"),
}  # fmt: skip
"""By these the program finds what else is theirs; they hold the secret or the number already."""


async def talked(acme: Company, phone: str, attachment: bytes) -> int:
    """A conversation with something in every corner; the contact."""
    await acme.says(f"{SECRET} é meu nome", phone=phone)
    ident, conversation, message = (
        await acme.rows(
            "SELECT i.contact_id, v.id, m.id FROM contact_identity i JOIN conversation v USING (contact_id) "
            "JOIN message m ON m.conversation_id = v.id WHERE i.value = $1 LIMIT 1",
            phone,
        )
    )[0]
    person = await acme.person()
    sha = hashlib.sha256(attachment).hexdigest()
    media.write(acme.rt.settings.data_dir / "media" / f"{acme.tenant}/{sha[:2]}/{sha}", attachment)
    stored = json.dumps({"type": "media", "stored": f"{acme.tenant}/{sha[:2]}/{sha}", "caption": SECRET})
    channel = acme.channel
    for sql, *args in (
        ("INSERT INTO message (conversation_id, channel_id, direction, author, content) VALUES ($1, $2, 'in', 'contact', $3)", conversation, channel, stored),
        ("INSERT INTO outbox (id, conversation_id, contact_id, channel_id, content) VALUES ('o' || $1::bigint, $1::bigint, $2, $3, '{}')", conversation, ident, channel),
        ("INSERT INTO call (id, conversation_id, service, operation) VALUES ('c' || $1::bigint, $1::bigint, 'erp', 'x')", conversation),
        ("INSERT INTO trace (conversation_id, event_id, kind, outcome, event, trace, at) VALUES ($1, '', 'm', 'done', '{}', '{}', now())", conversation),
        ("INSERT INTO ticket (conversation_id) VALUES ($1)", conversation),
        ("INSERT INTO note (conversation_id, text) VALUES ($1, 'n')", conversation),
        ("INSERT INTO rating (conversation_id, score) VALUES ($1, 5)", conversation),
        ("INSERT INTO draft (person_id, conversation_id, kind, text) VALUES ($1, $2, 'reply', 'd')", person, conversation),
        ("INSERT INTO mention (note_id, conversation_id, person_id) SELECT id, conversation_id, $1 FROM note WHERE conversation_id = $2", person, conversation),
        ("INSERT INTO news (seq, kind, conversation_id) VALUES (nextval('news_seq'), 'message_received', $1)", conversation),
        ("INSERT INTO inbox (channel_id, key, kind, payload, target) SELECT $1, 'e' || id, 'edit', '{}', external_id FROM message WHERE id = $2", channel, message),
        ("INSERT INTO delivery_status (channel_id, key, external_id, status, rank, at) SELECT $1, 'k' || id, external_id, 'sent', 1, now() FROM message WHERE id = $2", channel, message),
        ("INSERT INTO refused (channel_id, code, raw, size) VALUES ($1, 'x', convert_to($2, 'UTF8'), 1)", channel, f'{{"from":"{phone}","text":"{SECRET}"}}'),
    ):  # fmt: skip
        await acme.rows(f"{sql} RETURNING 1", *args)
    await contacts.change(acme.rt, acme.tenant, ident, Change(name=SECRET, email=f"{SECRET}@x.com"))
    await contacts.consent(acme.rt, acme.tenant, ident, topic="marketing", granted=True, words=SECRET)
    return int(ident)


async def plant(acme: Company, contact: int) -> set[str]:
    """The secret in every text, JSON and list of every row that belongs to the contact; the tables."""
    owner = await asyncpg.connect(acme.rt.db.dsn)
    columns = await owner.fetch(
        "SELECT table_name AS t, column_name AS c, data_type AS k FROM information_schema.columns "
        "WHERE table_schema = 'public'"
    )
    checked = {
        (r["t"], r["c"])
        for r in await owner.fetch(
            "SELECT c.conrelid::regclass::text AS t, a.attname AS c FROM pg_constraint c JOIN pg_attribute a "
            "ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) WHERE c.contype IN ('c', 'p')"
        )
    }
    conversations = "SELECT id FROM conversation WHERE contact_id = " + str(contact)
    named = {"contact": f"id = {contact}", "conversation": f"contact_id = {contact}"}
    reached: set[str] = set()
    for table in sorted({r["t"] for r in columns}):
        own = {r["c"]: r["k"] for r in columns if r["t"] == table}
        if table in named:
            where = named[table]
        elif "conversation_id" in own:
            where = f"conversation_id IN ({conversations})"
        elif "contact_id" in own and table != "erasure":
            where = f"contact_id = {contact}"
        elif table == "contact_merge":
            where = f"kept_id = {contact}"
        else:
            continue
        reached.add(table)
        for name, kind in own.items():
            value = {
                "text": f"'{SECRET}' || ctid::text",
                "jsonb": f"jsonb_build_object('secret', '{SECRET}')",
                "ARRAY": f"ARRAY['{SECRET}']",
                "bytea": f"convert_to('{SECRET}', 'UTF8')",
            }.get(kind)
            free = (table, name) not in checked and name not in erasing.KEPT.get(table, set())
            if value and free and (table, name) not in READ_BACK:
                done = await owner.execute(f"UPDATE {table} SET {name} = {value} WHERE {where}")
                assert done != "UPDATE 0", (
                    f"{table}: plant a row of it above, and say in erasing.py what becomes of it"
                )
    await owner.execute("UPDATE audit SET detail = jsonb_build_object('secret', $1::text) WHERE subject LIKE $2",
                        SECRET, f"contact:{contact}")  # fmt: skip
    await owner.close()
    return reached


async def found(acme: Company, *words: str) -> list[str]:
    """Tables that hold one of the words in any column, as text or bytes."""
    owner = await asyncpg.connect(acme.rt.db.dsn)
    tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    spelled = [f"%{s}%" for w in words for s in (w, w.encode().hex())]
    holding = [
        t
        for (t,) in tables
        if await owner.fetchval(
            f"SELECT EXISTS (SELECT 1 FROM {t} x WHERE x::text ILIKE ANY($1::text[]))", spelled
        )
    ]
    await owner.close()
    return holding


async def test_nothing_is_left_of_somebody_who_is_erased(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    mine, shared = b"only mine", b"sent to both"
    contact = await talked(acme, PHONE, mine)
    await acme.webhook(acme.message("outra", phone=OTHER))
    sha = hashlib.sha256(shared).hexdigest()
    key = f"{tenant}/{sha[:2]}/{sha}"
    media.write(rt.settings.data_dir / "media" / key, shared)
    await acme.rows(
        "INSERT INTO message (conversation_id, channel_id, direction, author, content) "
        "SELECT id, channel_id, 'in', 'contact', $1 FROM conversation RETURNING 1",
        json.dumps({"type": "media", "stored": key}),
    )
    # a second name of theirs, merged
    other = (await contacts.create(rt, tenant, Change(name=SECRET, cpf="52998224725"))).contact.id
    await contact_merge.merge(rt, tenant, contact, other)
    waiting = f"nome;fone\nX;{PHONE}\nY;41966665555\n".encode()
    ident = (await contact_files.receive(rt, tenant, "x.csv", _body(waiting))).id
    await plant(acme, contact)
    assert {"message", "contact", "trace", "refused", "audit", "outbox"} <= set(await found(acme, SECRET))

    card = (await contacts.contact(rt, tenant, contact)).contact
    with pytest.raises(TramaError, match="erasure:not-confirmed"):
        await erasure.erase(rt, tenant, contact, confirmed="Fulano")
    person = await acme.person()
    await erasure.erase(rt, tenant, contact, confirmed=card.name, person=person)

    assert await found(acme, SECRET, PHONE, "88887777", "52998224725") == []
    left = {p.name for p in (rt.settings.data_dir / "media").rglob("*") if p.is_file()}
    assert left == {sha}, "the attachment that somebody else sent too stays"
    assert await acme.rows("SELECT action, person_id FROM audit WHERE subject = $1 ORDER BY id DESC LIMIT 1",
                           f"contact:{contact}") == [("contact_erased", person)]  # fmt: skip
    (stone,) = await erasure.known(rt, tenant, "(41) 98888-7777")
    assert (stone.contact, stone.person) == (contact, person)
    assert [e.id for e in await erasure.known(rt, tenant, "529.982.247-25")] == [stone.id]
    assert await erasure.known(rt, tenant, OTHER) == []

    # the waiting file does not bring them back, and the report says so
    await contact_import.start(rt, tenant, ident)
    await Importer(rt).drain()
    row = await contact_import.one(rt, tenant, ident)
    assert (row.created, row.failed) == (1, 1)
    assert [e.code for e in await contact_import.errors(rt, tenant, ident)] == ["import:erased"]
    row = await contact_files.receive(rt, tenant, "x.csv", _body(waiting))
    assert (await contact_import.check(rt, tenant, row.id)).codes == {"import:erased": 1}
    with pytest.raises(TramaError, match="contact:erased"):
        await events.emit(rt, tenant, "a.b", {}, contact=ContactRef(id=contact))
    for deed in (
        contacts.change(rt, tenant, contact, Change(name="x")),
        portability.build(rt, tenant, contact),
        erasure.erase(rt, tenant, contact, confirmed=str(contact)),
    ):
        with pytest.raises(TramaError, match="contact:erased"):
            await deed
    # what is under way ends quietly, and who writes again is somebody new
    await acme.settle()
    assert not [r for r in acme.graph.requests if SECRET in str(r.json)]
    await acme.says("oi", phone=PHONE)
    (again,) = await acme.rows(
        "SELECT contact_id FROM contact_identity WHERE value = $1 AND channel_id > 0", PHONE
    )
    assert again not in (contact, other)


async def test_every_column_that_could_hold_words_is_decided_on(acme: Company) -> None:
    owner = await asyncpg.connect(acme.rt.db.dsn)
    columns = await owner.fetch(
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
    )
    await owner.close()
    reached = {r["table_name"] for r in columns if r["column_name"] in ("conversation_id", "contact_id")} | {
        "contact",
        "conversation",
    }
    words = {
        (r["table_name"], r["column_name"])
        for r in columns
        if r["table_name"] in reached - set(erasing.DELETED) - {"erasure"}
        and r["data_type"] in ("text", "jsonb", "ARRAY", "bytea")
    }
    decided = {(t, c) for t, cs in erasing.BLANKED.items() for c in cs} | {
        (t, c) for t, cs in erasing.KEPT.items() for c in cs
    }
    assert words - decided == set()


async def test_all_that_is_kept_can_be_handed_over(acme: Company) -> None:
    contact = await talked(acme, PHONE, b"a picture")
    path = await portability.build(acme.rt, acme.tenant, contact)
    data = b"".join([block async for block in portability.stream(path)])
    assert not path.exists()
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        about = msgspec.json.decode(file.read("contact.json"))
        talks = msgspec.json.decode(file.read("conversations.json"))
        messages = [msgspec.json.decode(line) for line in file.read("messages.json").splitlines()]
        (attachment,) = [n for n in file.namelist() if n.startswith("media/")]
        assert file.read(attachment) == b"a picture"
        assert len(file.read("decisions.json").splitlines()) == 1
    assert about["contacts"][0]["name"] == SECRET
    assert about["identities"][0]["value"] == PHONE
    assert [len(talks[n]) for n in ("conversations", "tickets", "notes", "ratings")] == [1, 1, 1, 1]
    assert messages[0]["text"] == f"{SECRET} é meu nome"
    assert messages[1]["content"]["stored"].endswith(attachment.removeprefix("media/"))


async def _body(data: bytes):  # type: ignore[no-untyped-def]
    yield data


async def test_what_arrives_while_somebody_is_erased_lands_with_somebody_new(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    for n in range(8):
        await acme.says("antes", phone=PHONE)
        (contact,) = await acme.rows(
            "SELECT contact_id FROM contact_identity WHERE value = $1 AND channel_id > 0", PHONE
        )
        await asyncio.gather(
            erasure.erase(rt, tenant, contact, confirmed=str(contact)),
            *(acme.says(f"{SECRET} {n}.{m}", phone=PHONE) for m in range(3)),
        )
        # either it came before and is gone, or after and is of a contact that is there
        owners = await acme.rows(
            "SELECT k.state FROM message m JOIN conversation v ON v.id = m.conversation_id JOIN contact k "
            "ON k.id = v.contact_id WHERE m.text LIKE $1",
            f"{SECRET}%",
        )
        assert set(owners) <= {"active"}
        assert await acme.rows("SELECT count(*) FROM conversation v JOIN contact k ON k.id = v.contact_id "
                               "WHERE k.state = 'erased' AND v.state = 'open'") == [0]  # fmt: skip
