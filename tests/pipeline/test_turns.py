"""From a signed webhook to committed replies."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest
from greeting import greeting
from harness import PHONE, Company, company

from engine.services import flows, turn
from engine.store import turns as store
from engine.store.database import Database


async def test_a_message_comes_in_and_a_reply_waits_to_go_out(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?"]
    await acme.says("Ana")
    await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?", "Olá, Ana!"]
    assert await acme.rows("SELECT state, count(*) FROM inbox GROUP BY 1") == [("done", 2)]
    assert "deliver" in acme.rt.bell.rung


async def test_repeated_and_shuffled_deliveries_change_nothing(acme: Company) -> None:
    await acme.publish(greeting())
    first = acme.message("oi", ident="wamid.A")
    deliveries = [first] * 20
    replies = await asyncio.gather(*(acme.webhook(d) for d in deliveries))
    assert {r.status for r in replies} == {200}
    await acme.turns.drain()
    second = acme.message("Ana", ident="wamid.B")
    mixed = [first, second] * 10
    random.Random(7).shuffle(mixed)
    for one in mixed:
        await acme.webhook(one)
        await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?", "Olá, Ana!"]
    assert await acme.rows("SELECT count(*) FROM contact") == [1]
    assert await acme.rows("SELECT count(*) FROM conversation") == [1]


async def test_a_batch_with_an_unreadable_part_loses_only_that_part(acme: Company) -> None:
    await acme.publish(greeting())
    reply = await acme.webhook(
        acme.message("oi"), {"type": "text"}, acme.message("eu", phone="5511999990000")
    )
    assert reply.status == 200
    await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?"] * 2
    ((code, raw, size),) = await acme.rows("SELECT code, encode(raw, 'escape'), size FROM refused")
    assert code.startswith("whatsapp_cloud:")
    assert size == len(raw) > 0


async def test_a_wrong_signature_leaves_no_trace(acme: Company) -> None:
    reply = await acme.webhook(acme.message("oi"), secret="guessed")
    assert reply.status == 401
    for table in ("inbox", "message", "refused", "contact"):
        assert await acme.rows(f"SELECT count(*) FROM {table}") == [0]


async def test_not_json_and_too_large_are_kept_for_an_operator(acme: Company) -> None:
    assert (await acme.raw(b"\xff not json")).status == 200
    assert (await acme.raw(b"x" * 5_000_000)).status == 413
    kept = await acme.rows("SELECT size, length(raw) FROM refused ORDER BY id")
    assert kept == [(10, 10), (5_000_000, 65_536)]


@pytest.mark.parametrize(
    "text", ["a\0b", "{{7*7}}", "<script>", "\u202eabc", "😀" * 3000, "\\u0000", "a" * 100_000]
)
async def test_whatever_people_write_is_text(acme: Company, text: str) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    await acme.says(text)
    await acme.turns.drain()
    assert await acme.rows("SELECT state FROM inbox WHERE state <> 'done' AND kind = 'message'") == []
    (kept,) = await acme.rows("SELECT text FROM message WHERE direction = 'in' ORDER BY id DESC LIMIT 1")
    assert kept == text.replace("\0", "\ufffd")


async def test_a_burst_is_one_turn(database: Database) -> None:
    slow = await company(database, "slow", burst=2.0)
    await slow.publish(greeting())
    await slow.says("oi", "tudo bem?", "quero falar")
    assert await slow.turns.drain() == 0
    await slow.rows("UPDATE inbox SET due_at = due_at - interval '2 seconds' RETURNING 1")
    await slow.turns.drain()
    assert await slow.replies() == ["Como se chama?"]
    ((contents,),) = [await slow.rows("SELECT event->'contents' FROM trace")]
    assert [c["text"] for c in contents] == ["oi", "tudo bem?", "quero falar"]


async def test_a_pressed_button_does_not_wait_for_the_burst(database: Database) -> None:
    slow = await company(database, "slow", burst=2.0)
    await slow.publish(greeting())
    pressed = {
        "type": "interactive",
        "interactive": {"type": "button_reply", "button_reply": {"id": "s", "title": "S"}},
    }
    await slow.webhook(slow.message(**pressed))
    assert await slow.turns.drain() == 1


async def test_old_and_new_spelling_of_a_number_are_one_person(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi", phone="554188887777")
    await acme.says("oi", phone="5541988887777")
    await acme.says("oi", phone="554132345678")
    assert await acme.rows("SELECT count(*) FROM contact") == [2]
    values = await acme.rows("SELECT value FROM contact_identity ORDER BY 1")
    assert values == ["554132345678", "554188887777", "5541988887777"]


async def test_two_identities_of_two_contacts_are_not_merged(acme: Company) -> None:
    await acme.says("oi", phone="5511911111111")
    bsuid = {k: v for k, v in acme.message("oi").items() if k != "from"} | {"from_user_id": "BR.1"}
    await acme.webhook(bsuid)
    both = acme.message("oi", phone="5511911111111") | {"from_user_id": "BR.1"}
    await acme.webhook(both)
    assert await acme.rows("SELECT count(*) FROM contact") == [2]
    owners = await acme.rows("SELECT contact_id FROM contact_identity ORDER BY kind")
    assert len(set(owners)) == 2


async def test_many_people_at_once_are_served_together(acme: Company) -> None:
    await acme.publish(greeting())
    phones = [f"55119{n:08d}" for n in range(200)]
    await asyncio.gather(*(acme.says("oi", phone=p) for p in phones))
    assert await acme.turns.drain() == 200
    assert await acme.replies() == ["Como se chama?"] * 200


async def test_when_the_commit_fails_nothing_happened_and_the_next_try_does_it(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    real = store.commit

    async def dies(*args: object) -> list[tuple[int, int]]:
        await real(*args)  # type: ignore[arg-type]
        raise ConnectionResetError

    monkeypatch.setattr(store, "commit", dies)
    with pytest.raises(ConnectionResetError):
        await acme.turns.drain()
    assert await acme.replies() == []
    monkeypatch.setattr(store, "commit", real)
    await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?"]
    assert await acme.rows("SELECT attempts FROM inbox WHERE kind = 'message'") == [0]


async def test_a_number_without_a_flow_goes_to_a_person(acme: Company) -> None:
    await acme.says("alguém?")
    await acme.turns.drain()
    assert await acme.rows("SELECT owner, epoch FROM conversation") == [("person", 1)]
    assert await acme.rows("SELECT reason FROM ticket") == ["engine:no-flow"]


async def test_a_stale_timer_is_gone_when_the_answer_came(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    timers = await acme.rows("SELECT wait FROM inbox WHERE kind = 'timer' AND state = 'new'")
    assert timers
    await acme.says("Ana")
    await acme.turns.drain()
    assert await acme.rows("SELECT wait FROM inbox WHERE kind = 'timer' AND state = 'new'") == []


async def test_a_timer_that_is_due_ends_the_wait(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    await acme.rows("UPDATE inbox SET due_at = now() - interval '1 second' WHERE kind = 'timer' RETURNING 1")
    acme.shift = timedelta(hours=2)
    await acme.turns.drain()
    assert (await acme.rows("SELECT kind, outcome FROM trace ORDER BY id"))[-1][0] == "timer"
    assert await acme.rows("SELECT flow FROM conversation") == [""]


async def test_running_sessions_keep_their_version(acme: Company) -> None:
    await acme.publish(greeting())
    await acme.says("oi")
    await acme.turns.drain()
    changed = greeting()
    changed["nodes"][1]["text"] = "Tchau, {{ name }}!"
    await flows.update(acme.rt, acme.tenant, "greeting", changed, 1)
    await flows.publish(acme.rt, acme.tenant, "greeting")
    await acme.says("oi", phone="5511999990000")
    await acme.turns.drain()
    await acme.says("Ana")
    await acme.turns.drain()
    await acme.says("Bia", phone="5511999990000")
    await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?", "Como se chama?", "Olá, Ana!", "Tchau, Bia!"]


async def test_a_poison_message_does_not_stop_its_neighbours(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    await acme.publish(greeting())
    real = turn.step

    def fragile(flows, session, event, world):  # type: ignore[no-untyped-def]
        if world.contact["phone"] == PHONE:
            raise MemoryError("poison")
        return real(flows, session, event, world)

    monkeypatch.setattr(turn, "step", fragile)
    others = [f"55119{n:08d}" for n in range(30)]
    await asyncio.gather(acme.says("oi"), *(acme.says("oi", phone=p) for p in others))
    await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?"] * 30
    for _ in range(6):
        await acme.rows(
            "UPDATE inbox SET due_at = now() WHERE state = 'new' AND kind = 'message' RETURNING 1"
        )
        await acme.turns.drain()
    ((state, attempts, error),) = await acme.rows(
        "SELECT state, attempts, error FROM inbox WHERE state <> 'done' AND kind = 'message'"
    )
    assert (state, attempts, error) == ("dead", 5, "MemoryError: poison")
    assert await acme.rows("SELECT reason FROM ticket") == ["engine:failed"]
    assert await acme.rows("SELECT count(*) FROM conversation WHERE owner = 'person'") == [1]


async def test_what_cannot_be_written_is_found_and_put_aside(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    await acme.publish(greeting())
    real = turn.carry_out

    def spoils(seat, effect, writes, moment):  # type: ignore[no-untyped-def]
        real(seat, effect, writes, moment)
        if seat.contact.phone == PHONE and writes.outbox:
            writes.outbox[-1] = (*writes.outbox[-1][:4], "nonsense", *writes.outbox[-1][5:])

    monkeypatch.setattr(turn, "carry_out", spoils)
    others = [f"55119{n:08d}" for n in range(10)]
    await asyncio.gather(acme.says("oi"), *(acme.says("oi", phone=p) for p in others))
    await acme.turns.drain()
    assert await acme.replies() == ["Como se chama?"] * 10
    attempts = await acme.rows("SELECT attempts FROM inbox WHERE state = 'new' AND kind = 'message'")
    assert attempts == [1]
