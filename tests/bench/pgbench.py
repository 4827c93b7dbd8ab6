"""What the database alone can do: the statements of one turn, row by row and prepared, driven by PostgreSQL's own
pgbench over the same socket, under the same role with row-level security.
"""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec

from tests.bench.stage import Stage

_BEGIN = "BEGIN;\nSELECT set_config('trama.tenant', '{tenant}', true);\n"
_INTAKE = """
SELECT i.contact_id, v.id FROM contact_identity i LEFT JOIN conversation v ON v.contact_id = i.contact_id
    AND v.channel_id = i.channel_id AND v.state = 'open'
    WHERE i.channel_id = {channel} AND i.kind = 'wa_id' AND i.value = '55419' || lpad((:who)::text, 8, '0');
INSERT INTO inbox (channel_id, key, kind, conversation_id, payload, due_at)
    VALUES ({channel}, 'p' || :k, 'message', :conversation, '{payload}', now()) ON CONFLICT DO NOTHING;
INSERT INTO message (conversation_id, channel_id, direction, author, content, text, external_id)
    VALUES (:conversation, {channel}, 'in', 'contact', '{content}', 'm1', 'p' || :k);
UPDATE conversation SET last_inbound_at = now(), last_message_at = now(), last_text = 'm1', messages = messages + 1,
    unread = unread + 1 WHERE id = :conversation;
"""
_TURN = """
SELECT id, channel_id, contact_id, protocol, state, owner, epoch, messages, last_inbound_at, session
    FROM conversation WHERE id = :conversation FOR NO KEY UPDATE;
SELECT id, kind, payload, occurred_at, epoch, attempts FROM inbox
    WHERE conversation_id = :conversation AND state = 'new' ORDER BY id;
SELECT name, phone, email, cpf, language, tags, fields, opted_out, created_at FROM contact WHERE id = :contact;
UPDATE conversation SET session = '{session}', flow = 'counter', flow_version = 1, node = 'ask',
    last_message_at = now(), last_text = '1: m1', messages = messages + 1 WHERE id = :conversation;
INSERT INTO message (conversation_id, channel_id, direction, author, content, text, outbox_id, status)
    VALUES (:conversation, {channel}, 'out', 'bot', '{content}', '1: m1', 'p' || :k, 'queued');
INSERT INTO outbox (id, conversation_id, contact_id, channel_id, kind, content, due_at)
    VALUES ('p' || :k, :conversation, :contact, {channel}, 'send', '{content}', now());
UPDATE inbox SET state = 'done', done_at = now() WHERE channel_id = {channel} AND key = 'p' || :k;
INSERT INTO trace (conversation_id, event_id, kind, outcome, event, trace, at)
    VALUES (:conversation, 'p' || :k, 'message', 'ran', '{event}', '{trace}', now());
"""
_CLAIM = """
SELECT id, conversation_id, contact_id, content FROM outbox o WHERE id = 'p' || :k AND state = 'queued' FOR UPDATE;
UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease_until = now() + interval '90 s'
    WHERE id = 'p' || :k;
SELECT kind, value FROM contact_identity WHERE contact_id = :contact;
"""
_SETTLE = """
UPDATE outbox SET state = 'sent', settled_at = now(), external_ids = ARRAY['x' || :k] WHERE id = 'p' || :k;
UPDATE message SET external_id = 'x' || :k, status = 'accepted', status_rank = 10 WHERE outbox_id = 'p' || :k;
"""
SCRIPTS = {
    "a turn as it is committed: intake, turn, claim, settle": (_INTAKE, _TURN, _CLAIM, _SETTLE),
    "the turn's own transaction": (_TURN,),
}


async def run(made: Stage, clients: int, seconds: float, script: str) -> tuple[float, float]:
    """(scripts a second, mean latency in ms)."""
    async with made.connected() as c:
        rows = await c.fetch(
            "SELECT id, contact_id, session FROM conversation WHERE session IS NOT NULL ORDER BY id LIMIT 100"
        )
        first = rows[0]
        consecutive = [r["id"] - first["id"] for r in rows] == [
            r["contact_id"] - first["contact_id"] for r in rows
        ]
        assert consecutive, "the script finds a conversation's contact by its distance"
        last = await c.fetchrow(
            "SELECT t.event, t.trace, i.payload, m.content FROM trace t "
            "JOIN inbox i ON i.conversation_id = t.conversation_id AND i.kind = 'message' "
            "JOIN message m ON m.conversation_id = t.conversation_id ORDER BY t.id DESC LIMIT 1"
        )
        assert last is not None
    told = {name: _quoted(last[name]) for name in ("event", "trace", "payload", "content")}
    values = {"tenant": made.tenant, "channel": made.channel, "session": _quoted(first["session"]), **told}
    text = (
        f"\\set who random(0, {len(rows) - 1})\n\\set conversation {first['id']} + :who\n"
        f"\\set contact {first['contact_id']} + :who\n\\set k random(1, 1000000000000000000)\n"
    )
    for part in SCRIPTS[script]:
        text += _filled(_BEGIN + part.strip(), values) + "\nCOMMIT;\n"
    path = made.folder / "turn.pgbench"
    path.write_text(text)
    path.chmod(0o644)
    parts = urlsplit(made.dsn)
    query = {name: found[-1] for name, found in parse_qs(parts.query).items()}
    process = await asyncio.create_subprocess_exec(
        str(Path(made.postgres.bin_path) / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j",
        "1", "-T", str(int(seconds)), "-f", str(path), "-U", "postgres",
        parts.path.lstrip("/"),
        env=os.environ
        | {"PGHOST": query["host"], "PGPORT": query["port"], "PGOPTIONS": "-c role=trama_app -c jit=off"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out = (await process.communicate())[0].decode()
    rate, latency = re.search(r"tps = ([\d.]+)", out), re.search(r"latency average = ([\d.]+)", out)
    assert rate and latency and "Traceback" not in out and "ERROR" not in out, out
    return float(rate[1]), float(latency[1])


def _quoted(json: str | None) -> str:
    """JSON as the inside of an SQL string. pgbench takes `:name` for a variable, so a space follows each colon that
    parts name and value, and the times within strings lose theirs."""
    plain = msgspec.json.format((json or "{}").encode(), indent=2).decode()
    plain = re.sub(r"(?<=\d):(?=\d)", ".", plain)
    return re.sub(r"\s*\n\s*", " ", plain).replace("'", "''")


def _filled(text: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text
