"""Messages that came in: who sent them, in which conversation they belong, and their inbox rows. Set-based: one
call writes what many webhooks brought, in four statements when all senders are known.

A merge or an erasure of a contact has the company's arrivals wait (`EXCLUSIVE`): nothing may land with somebody who is
just becoming nobody.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from engine.core.inbound import Identity, MessageIn, Sender
from engine.core.message import Chosen, plain
from engine.store.database import Connection
from engine.store.payloads import MessagePayload, clean, encode

# two numbers, so that they share no space with the locks of one; taken by itself, because a statement's snapshot is
# older than the lock that it waits for
SHARED = "SELECT pg_advisory_xact_lock_shared(4712, (trama_tenant() % 2147483647)::int)"
EXCLUSIVE = "SELECT pg_advisory_xact_lock(4712, (trama_tenant() % 2147483647)::int)"
Name = tuple[int, str, str]
"""(channel, kind, value): one identity on one channel."""


class Arrival(NamedTuple):
    """A message with what intake knows of it: all spellings of the sender's identities (`names`, the given ones
    first), when it was received and when its turn is due, both in real time."""

    channel: int
    event: MessageIn
    names: list[Identity]
    received: datetime
    due: datetime


class Stored(NamedTuple):
    """A message that was new, and who serves its conversation (`person` 0: nobody yet). A repeat gives none."""

    message: int
    conversation: int
    due: datetime
    crossed: bool
    owner: str
    person: int
    queue: str


class Raced(Exception):
    """Another process made the same contact at this moment; the transaction must be run again."""


class _Person:
    """A sender in this batch: an existing contact, or a new one to be made."""

    def __init__(
        self, sender: Sender, contact: int = 0, conversation: int = 0, *, unheard: bool = False
    ) -> None:
        self.sender = sender
        self.contact = contact
        self.conversation = conversation
        self.new = contact == 0 or unheard


async def store(c: Connection, arrivals: list[Arrival]) -> list[Stored]:
    """Write what is new. Raises `Raced`."""
    await c.execute(SHARED)
    people = await _people(c, arrivals)
    await _conversations(c, arrivals, people)
    return await _write(c, arrivals, people)


async def _people(c: Connection, arrivals: list[Arrival]) -> list[_Person]:
    """The person of each arrival. When the names of one sender belong to two contacts, the first name given
    decides and the two stay two: a merge wants evidence and a person's eyes."""
    wanted = {(a.channel, a.channel, str(n.kind), n.value) for a in arrivals for n in a.names}
    # a number that the channel vouches for is known also when a person or another system gave it (channel 0)
    wanted |= {(a.channel, 0, "phone", n.value) for a in arrivals for n in a.names if n.kind == "wa_id"}
    rows = await c.fetch(
        "SELECT w.channel_id, w.at, i.kind, i.value, i.contact_id, v.id AS conversation_id, "
        "CASE WHEN w.at = 0 THEN NOT EXISTS (SELECT 1 FROM conversation o WHERE o.contact_id = i.contact_id) "
        "ELSE false END AS unheard "
        "FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) w(channel_id, at, kind, value) "
        "JOIN contact_identity i ON i.channel_id = w.at AND i.kind = w.kind AND i.value = w.value "
        "LEFT JOIN conversation v "
        "ON v.contact_id = i.contact_id AND v.channel_id = w.channel_id AND v.state = 'open' "
        "ORDER BY w.at DESC",
        *(list(column) for column in zip(*sorted(wanted), strict=True)),
    )
    known: dict[Name, _Person] = {}
    given_us: dict[tuple[int, str], _Person] = {}
    by_contact: dict[tuple[int, int], _Person] = {}
    nobody = Sender(identities=[])
    for r in rows:
        person = by_contact.setdefault(
            (r["contact_id"], r["channel_id"]),
            _Person(nobody, r["contact_id"], r["conversation_id"] or 0, unheard=r["unheard"]),
        )
        if r["at"] == 0:
            given_us[(r["channel_id"], r["value"])] = person
        else:
            known[(r["channel_id"], r["kind"], r["value"])] = person
    result: list[_Person] = []
    fresh: list[_Person] = []
    extra: dict[Name, _Person] = {}
    for a in arrivals:
        names = ((a.channel, i.kind, i.value) for i in a.names)
        found = next((known[n] for n in names if n in known), None) or next(
            (given_us[p] for n in a.names if (p := (a.channel, n.value)) in given_us and n.kind == "wa_id"),
            None,
        )
        person = found or _Person(a.event.sender)
        if found is None:
            fresh.append(person)
        for given in a.event.sender.identities:
            name = (a.channel, given.kind, given.value)
            if name not in known:
                known[name] = extra[name] = person
        result.append(person)
    if fresh:
        await _make_contacts(c, fresh)
    if extra:
        await _add_names(c, extra)
    return result


async def _make_contacts(c: Connection, fresh: list[_Person]) -> None:
    ids = await c.fetch(
        "SELECT nextval(pg_get_serial_sequence('contact', 'id')) FROM generate_series(1, $1)", len(fresh)
    )
    for person, row in zip(fresh, ids, strict=True):
        person.contact = row[0]
    await c.execute(
        "INSERT INTO contact (id, name, phone, email) "
        "SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])",
        [p.contact for p in fresh],
        [clean(p.sender.name or p.sender.username)[:200] for p in fresh],
        [_value(p.sender, "wa_id", "phone") for p in fresh],
        [_value(p.sender, "email") for p in fresh],
    )


async def _add_names(c: Connection, extra: dict[Name, _Person]) -> None:
    names = sorted(
        extra
    )  # one order in all processes, so that they wait for each other and never in a circle
    added = await c.fetch(
        "INSERT INTO contact_identity (channel_id, kind, value, contact_id, evidence) "
        "SELECT *, 'seen on the channel' FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) "
        "ON CONFLICT DO NOTHING RETURNING 1",
        [n[0] for n in names],
        [n[1] for n in names],
        [n[2] for n in names],
        [extra[n].contact for n in names],
    )
    if len(added) < len(names):
        raise Raced


async def _conversations(c: Connection, arrivals: list[Arrival], people: list[_Person]) -> None:
    homeless = {
        (a.channel, p.contact): p for a, p in zip(arrivals, people, strict=True) if not p.conversation
    }
    if not homeless:
        return
    await open_conversations(c, [k[0] for k in homeless], [k[1] for k in homeless])
    rows = await c.fetch(
        "SELECT v.id, v.channel_id, v.contact_id FROM unnest($1::bigint[], $2::bigint[]) w(channel_id, contact_id) "
        "JOIN conversation v USING (channel_id, contact_id) WHERE v.state = 'open'",
        [k[0] for k in homeless],
        [k[1] for k in homeless],
    )
    for r in rows:
        homeless[(r["channel_id"], r["contact_id"])].conversation = r["id"]
    if len(rows) < len(homeless):
        raise Raced


async def open_conversations(c: Connection, channels: list[int], contacts: list[int]) -> None:
    """Make sure that each pair has an open conversation. The protocol number is the day and the running number. Who was
    served by a person a short while ago is to come back to them."""
    await c.execute(
        "INSERT INTO conversation (id, channel_id, contact_id, return_person, return_queue, return_until, protocol) "
        "SELECT n, channel_id, contact_id, before.person_id, coalesce(before.queue, ''), before.return_until, "
        "to_char(now(), 'YYYYMMDD') || lpad(n::text, greatest(6, length(n::text)), '0') "
        "FROM (SELECT nextval(pg_get_serial_sequence('conversation', 'id')) n, channel_id, contact_id "
        "      FROM unnest($1::bigint[], $2::bigint[]) w(channel_id, contact_id)) x "
        "LEFT JOIN LATERAL (SELECT t.person_id, t.queue, t.return_until FROM conversation v "
        "  JOIN ticket t ON t.conversation_id = v.id "
        "  WHERE v.contact_id = x.contact_id AND t.state = 'finished' AND t.person_id IS NOT NULL "
        "    AND t.return_until > now() + (SELECT make_interval(secs => clock_offset_seconds) FROM tenant) "
        "  ORDER BY t.id DESC LIMIT 1) before ON true ON CONFLICT DO NOTHING",
        channels,
        contacts,
    )


_WRITE = """
WITH wanted AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::jsonb[], $5::timestamptz[], $6::timestamptz[],
                         $7::jsonb[], $8::text[], $9::text[], $10::text[])
        WITH ORDINALITY
        AS w(channel_id, key, conversation_id, payload, due_at, at, content, text, reply_to, address, ord)
), fresh AS (
    INSERT INTO inbox (channel_id, key, kind, conversation_id, payload, due_at, occurred_at)
    SELECT channel_id, key, 'message', conversation_id, payload, due_at, at FROM wanted ORDER BY ord
    ON CONFLICT DO NOTHING RETURNING channel_id, key
), clock AS (
    SELECT make_interval(secs => clock_offset_seconds) AS ahead FROM tenant
), said AS (
    INSERT INTO message (conversation_id, channel_id, direction, author, content, text, external_id, reply_to,
                         created_at)
    SELECT w.conversation_id, w.channel_id, 'in', 'contact', w.content, w.text, w.key, w.reply_to,
           w.at + clock.ahead
    FROM clock, wanted w JOIN fresh USING (channel_id, key) ORDER BY ord
    RETURNING id, conversation_id, channel_id, external_id
), touched AS (
    UPDATE conversation v SET
        last_inbound_at = greatest(v.last_inbound_at, x.at), last_message_at = greatest(v.last_message_at, x.at),
        last_text = x.text, address = x.address, messages = v.messages + x.n, unread = v.unread + x.n,
        snoozed_until = NULL
    FROM (SELECT w.conversation_id, count(*)::int AS n, max(w.at) + (SELECT ahead FROM clock) AS at,
                 left((array_agg(w.text ORDER BY ord DESC))[1], 200) AS text,
                 (array_agg(w.address ORDER BY ord DESC))[1] AS address
          FROM wanted w JOIN fresh USING (channel_id, key) GROUP BY 1) x
    WHERE v.id = x.conversation_id RETURNING v.id, v.owner, v.person_id, v.queue
), fetched AS (
    INSERT INTO call (id, conversation_id, service, operation, args, answers, timeout_seconds)
    SELECT 'm' || s.id, s.conversation_id, 'media', 'fetch',
           jsonb_build_object('message', s.id, 'channel', s.channel_id, 'media', w.content), false, 60
    FROM said s JOIN wanted w ON w.channel_id = s.channel_id AND w.key = s.external_id
    WHERE w.content->>'type' = 'media' AND w.content->>'ref' <> ''
)
SELECT s.id, s.conversation_id, w.due_at,
    -- an edit or a withdrawal that came before the message it is about
    EXISTS (SELECT 1 FROM inbox r WHERE r.channel_id = w.channel_id AND r.target = w.key AND r.target <> '') AS crossed,
    t.owner, coalesce(t.person_id, 0), coalesce(t.queue, '')
FROM said s JOIN wanted w ON w.channel_id = s.channel_id AND w.key = s.external_id
LEFT JOIN touched t ON t.id = s.conversation_id
"""


async def _write(c: Connection, arrivals: list[Arrival], people: list[_Person]) -> list[Stored]:
    seen: set[tuple[int, str]] = set()
    pairs = []
    for a, p in zip(arrivals, people, strict=True):
        if (a.channel, a.event.key) not in seen:
            seen.add((a.channel, a.event.key))
            pairs.append((a, p))
    firsts: set[int] = set()
    payloads = []
    for a, p in pairs:
        first = p.new and p.contact not in firsts
        firsts.add(p.contact)
        payloads.append(encode(_payload(a.event, first)))
    rows = await c.fetch(
        _WRITE,
        [a.channel for a, _ in pairs],
        [clean(a.event.key) for a, _ in pairs],
        [p.conversation for _, p in pairs],
        payloads,
        [a.received if isinstance(a.event.content, Chosen) else a.due for a, _ in pairs],
        [a.received for a, _ in pairs],
        [encode(a.event.content) for a, _ in pairs],
        [clean(plain(a.event.content)) for a, _ in pairs],
        [clean(a.event.reply_to) for a, _ in pairs],
        [_address(a.event.sender) for a, _ in pairs],
    )
    return [Stored(*r) for r in rows]


def _payload(event: MessageIn, first: bool) -> MessagePayload:
    return MessagePayload(
        content=event.content,
        message_id=event.key,
        first=first,
        reply_to=event.reply_to,
        referral=event.referral,
        at=event.at,
    )


def _address(sender: Sender) -> str:
    """As in `conversation.address`."""
    return f"{sender.identities[0].kind}:{clean(sender.identities[0].value)}" if sender.identities else ""


def _value(sender: Sender, *kinds: str) -> str:
    return next((clean(i.value) for i in sender.identities if i.kind in kinds), "")
