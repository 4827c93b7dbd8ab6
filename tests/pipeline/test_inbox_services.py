"""What agents do in their inbox: find, answer inside the window, note, mention, set aside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness import PHONE, Company, refusal

from engine.core.errors import TramaError
from engine.core.inbound import Identity, Sender, TypingIn
from engine.core.message import Text
from engine.services import (
    canned,
    channels,
    clock,
    conversations,
    drafts,
    inbox,
    mentions,
    replying,
    snoozing,
    templates,
    thread,
)
from engine.services.people import Principal
from engine.services.templates import TemplateDraft
from engine.store.inbox import Filters

OTHER = "5511977776666"


async def refused(call: object) -> str:
    with pytest.raises(TramaError) as fault:
        await call  # type: ignore[misc]
    return fault.value.code


async def waiting(acme: Company, *texts: str, phone: str = PHONE) -> int:
    """Somebody wrote and no flow wanted it: their conversation waits for a person."""
    await acme.says(*texts, phone=phone)
    await acme.settle()
    (row,) = await acme.rows(
        "SELECT v.id FROM conversation v JOIN contact k ON k.id = v.contact_id WHERE k.phone = $1", phone
    )
    return int(row)


async def test_the_views_hold_what_they_say(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    ana, bia = await acme.person(), await acme.person("bia@x.br")
    first = await waiting(acme, "minha fatura não chegou")
    second = await waiting(acme, "quero negociar", phone=OTHER)

    async def ids(view: inbox.View, person: int = ana, **more: object) -> list[int]:
        return [r.id for r in await inbox.conversations(rt, tenant, person, view, filters=Filters(**more))]  # type: ignore[arg-type]

    assert await ids("queue") == [first, second], "who waits longest stands first"
    assert await ids("mine") == []
    assert await ids("all") == [second, first], "the latest message stands first"
    await conversations.take(rt, tenant, first, ana)
    assert (await ids("mine"), await ids("mine", bia), await ids("queue", bia)) == ([first], [], [second])
    row = await inbox.row(rt, tenant, ana, first)
    assert (row.person_name, row.contact_name, row.channel_name, row.unread) == ("Ana", "Ana", "WhatsApp", 1)
    assert row.ticket is not None
    assert row.ticket.state == "serving"

    await mentions.write(rt, tenant, first, "@bia@x.br olha isto", person=ana, name="Ana")
    assert await ids("mentions", bia) == [first]
    assert (await inbox.counts(rt, tenant, bia))["mentions"] == 1
    await replying.seen(rt, tenant, first, person=bia)
    assert (await inbox.counts(rt, tenant, bia))["mentions"] == 0
    assert await ids("mentions", bia) == [first], "a mention that was seen can still be found"

    assert await inbox.tag(rt, tenant, first, [" segunda  via ", "Segunda via", "vip"], by=ana) == [
        "segunda via",
        "vip",
    ]
    assert await ids("all", tag="vip") == [first]
    assert await ids("all", channel=acme.channel) == [second, first]
    assert await ids("all", agent=ana) == [first]
    assert await ids("all", unread=True) == [second]
    assert await ids("all", priority=9) == []
    assert await refused(inbox.tag(rt, tenant, first, ["a\u202eb"], by=ana)) == "inbox:bad-tag"
    assert await inbox.known_tags(rt, tenant) == ["segunda via", "vip"]

    await conversations.close(rt, tenant, first, "resolvido", person=ana)
    assert (await ids("mine"), await ids("closed")) == ([], [first])
    assert await inbox.counts(rt, tenant, ana) == {
        "mine": 0, "queue": 1, "mentions": 0, "snoozed": 0, "bot": 0, "all": 1,
    }  # fmt: skip
    for view in inbox.store.VIEWS:
        for person in (ana, bia):
            queues = await inbox.my_queues(rt, tenant, person)
            listed = await ids(view, person)
            for one in (first, second):
                row = await inbox.row(rt, tenant, person, one)
                if view != "mentions":
                    assert inbox.holds(view, row, person, queues) == (one in listed), (view, one)


async def test_pages_lead_through_everything_once(acme: Company) -> None:
    ana = await acme.person()
    for n in range(7):
        await acme.says(f"oi {n}", phone=f"551197777000{n}")
    await acme.settle()
    for view in ("queue", "all"):
        seen: list[int] = []
        after = None
        while rows := await inbox.conversations(acme.rt, acme.tenant, ana, view, after=after, limit=3):  # type: ignore[arg-type]
            seen += [r.id for r in rows]
            after = inbox.cursor(view, rows[-1])  # type: ignore[arg-type]
        assert len(seen) == len(set(seen)) == 7, view


async def test_a_search_finds_people_numbers_protocols_and_words(acme: Company) -> None:
    rt, tenant, ana = acme.rt, acme.tenant, await acme.person()
    one = await waiting(acme, "minha fatura de NEGOCIAÇÃO atrasou")
    two = await waiting(acme, "oi", phone=OTHER)
    async with rt.db.tenant(tenant) as c:
        await c.execute("UPDATE contact SET name = 'João Conceição' WHERE phone = $1", OTHER)

    async def found(words: str) -> list[tuple[int, str]]:
        return [(h.row.id, h.why) for h in (await inbox.search(rt, tenant, ana, words)).hits]

    assert await found("conceicao joa") == [(two, "name")], "beginnings, without accents, in any order"
    assert await found("negociac") == [(one, "message")]
    for spelled in ("41 98888-7777", "(41) 8888-7777", "+55 41 988887777", "88887777", "7777"):
        assert (one, "number") in await found(spelled), spelled
    row = await inbox.row(rt, tenant, ana, one)
    assert (one, "protocol") in await found(f"#{row.protocol}")
    for nonsense in ("", "& | ! :*", "'; DROP TABLE message --", "\0", "<->", "((("):
        await found(nonsense)
    hit = (await inbox.search(rt, tenant, ana, "negociação")).hits[0]
    assert "NEGOCIAÇÃO" in hit.text
    # the search of one company says nothing of another
    async with rt.db.system() as c:
        rival = await c.fetchval("SELECT trama_create_tenant('rival', 'Rival')")
    assert (await inbox.search(rt, rival, ana, "negociação")).hits == []


async def test_the_window_closes_and_a_template_opens_it_again(acme: Company) -> None:
    rt, tenant, ana = acme.rt, acme.tenant, await acme.person()
    who = Principal(tenant=tenant, name="Ana", person=ana, roles=["agent"])
    here = await waiting(acme, "oi")
    shut = await replying.window(rt, tenant, here)
    assert (shut.hours, shut.open, shut.templates) == (24, True, True)
    await replying.send(rt, tenant, here, Text("Boa tarde!"), person=ana)
    assert await refused(replying.send(rt, tenant, here, Text("  "), person=ana)) == "message:empty"
    assert await refused(replying.send(rt, tenant, here, Text("x" * 4097), person=ana)) == "message:too-long"

    await clock.advance(rt, tenant, timedelta(hours=25))
    assert not (await replying.window(rt, tenant, here)).open
    assert await refused(replying.send(rt, tenant, here, Text("Ainda aí?"), person=ana)) == "window:closed"

    draft = TemplateDraft(
        channel=acme.channel, name="retomar", header="Olá, {{1}}", footer="Energia",
        body="Seu protocolo {{1}} segue aberto. {{2}}",
        parameters=["{{ contact.name | first }}", "{{ conversation.protocol }}", "recado"],
    )  # fmt: skip
    row = await templates.save(rt, tenant, draft)
    assert await templates.templates(rt, tenant, channel=acme.channel) == [row]
    begun = await templates.suggested(rt, who, row.id, here)
    assert begun[0] == "Ana"
    assert begun[2] == ""
    shown = templates.filled(row, begun)
    assert (shown.header, shown.missing) == ("Olá, Ana", [2])
    assert shown.body.endswith("segue aberto. [recado]"), "an empty place shows its name"
    assert await refused(templates.send(rt, tenant, here, row.id, begun, person=ana)) == "template:parameters"
    await templates.send(rt, tenant, here, row.id, [*begun[:2], "Posso\najudar?"], person=ana)
    content = (await acme.rows("SELECT content FROM outbox WHERE kind = 'send' ORDER BY seq DESC LIMIT 1"))[0]
    assert content["body"] == [begun[1], "Posso ajudar?"], "channels refuse line breaks in places"
    assert content["preview"].startswith("Olá, Ana\nSeu protocolo")
    paused = await templates.save(
        rt, tenant, TemplateDraft(channel=acme.channel, name="p", body="x", status="paused")
    )
    assert (
        await refused(templates.send(rt, tenant, here, paused.id, [], person=ana)) == "template:not-approved"
    )
    assert await templates.templates(rt, tenant) == [row]


async def test_two_people_and_a_failed_message(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    ana, bia = await acme.person(), await acme.person("bia@x.br")
    here = await waiting(acme, "oi")
    acme.graph.script.append(refusal(131026))
    message = await replying.send(rt, tenant, here, Text("Boa tarde!"), person=ana)
    await acme.settle()
    failed = await thread.message(rt, tenant, here, message)
    assert failed.status == "failed"
    assert replying.reason(failed.error)[0].startswith("whatsapp_cloud:")
    assert (
        await refused(replying.send(rt, tenant, here, Text("eu respondo"), person=bia))
        == "conversation:taken"
    )
    await replying.retry(rt, tenant, here, message, person=ana)
    await acme.settle()
    assert (await thread.message(rt, tenant, here, message)).status == "accepted"
    assert acme.graph.texts[-1] == "Boa tarde!"
    assert await refused(replying.retry(rt, tenant, here, message, person=ana)) == "message:not-failed"
    # the customer sees that it was read, once
    await acme.says("ainda aqui")
    await replying.seen(rt, tenant, here, person=bia)
    assert await acme.rows("SELECT count(*) FROM outbox WHERE kind = 'read'") == [0], (
        "a guest's look tells nothing"
    )
    await acme.says("?")
    for _ in range(2):
        await replying.seen(rt, tenant, here, person=ana)
    assert await acme.rows("SELECT count(*) FROM outbox WHERE kind = 'read'") == [1]
    for _ in range(3):
        await replying.typing(rt, tenant, here, person=ana, name="Ana")
    assert (await acme.rows("SELECT count(*) FROM outbox WHERE id LIKE 't%'"))[0] <= 2


async def test_a_conversation_set_aside_comes_back(acme: Company) -> None:
    rt, tenant, ana = acme.rt, acme.tenant, await acme.person()
    here = await waiting(acme, "oi")
    await conversations.take(rt, tenant, here, ana)

    async def views() -> list[str]:
        counted = await inbox.counts(rt, tenant, ana)
        shown = [v for v in inbox.store.VIEWS[:4] if await inbox.conversations(rt, tenant, ana, v)]
        assert shown == [v for v in inbox.store.VIEWS[:4] if counted[v]], "what is counted is what is listed"
        return list(shown)

    later = await clock.now(rt, tenant) + timedelta(hours=2)
    assert await snoozing.snooze(rt, tenant, here, later, by=ana) is None
    assert await views() == ["snoozed"]
    await snoozing.wake(rt, tenant)
    assert await views() == ["snoozed"], "its time has not come"
    await acme.says("alguém?")
    assert await views() == ["mine"], "the customer's word brings it back"
    await snoozing.snooze(rt, tenant, here, later, by=ana)
    await clock.advance(rt, tenant, timedelta(hours=3))
    assert await snoozing.wake(rt, tenant) == 1
    assert await views() == ["mine"]
    assert await refused(snoozing.snooze(rt, tenant, here, later, by=ana)) == "snooze:past"
    assert await snoozing.snooze(rt, tenant, here, later + timedelta(days=1), by=ana) is None
    assert await snoozing.snooze(rt, tenant, here, None, by=ana) == later + timedelta(days=1), "for the undo"
    await snoozing.snooze(rt, tenant, here, later + timedelta(days=1), by=ana)
    await conversations.close(rt, tenant, here, "fim", person=ana)
    assert await acme.rows("SELECT snoozed_until, snoozed_by FROM conversation") == [(None, None)]


async def test_what_was_typed_is_kept_and_the_later_typing_wins(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    ana, bia = await acme.person(), await acme.person("bia@x.br")
    here = await waiting(acme, "oi")
    assert await drafts.save(rt, tenant, ana, here, "reply", "Boa ta", rev=1)
    assert await drafts.save(rt, tenant, ana, here, "reply", "Boa tarde", rev=5)
    assert not await drafts.save(rt, tenant, ana, here, "reply", "Boa tar", rev=3), (
        "it was overtaken on the way"
    )
    await drafts.save(rt, tenant, ana, here, "note", "é o João?", rev=2)
    kept = await drafts.drafts(rt, tenant, ana, here)
    assert sorted((d.kind, d.text) for d in kept) == [("note", "é o João?"), ("reply", "Boa tarde")]
    assert await drafts.drafts(rt, tenant, bia, here) == []
    assert (await inbox.row(rt, tenant, ana, here)).draft
    assert not (await inbox.row(rt, tenant, bia, here)).draft
    await replying.send(rt, tenant, here, Text("Boa tarde"), person=ana)
    assert not await drafts.save(rt, tenant, ana, here, "reply", "Boa tarde", rev=6), "it does not come back"
    assert await refused(drafts.save(rt, tenant, ana, here, "reply", "x" * 20_001)) == "draft:too-long"


async def test_canned_replies_and_notes(acme: Company) -> None:
    rt, tenant = acme.rt, acme.tenant
    ana, bia = await acme.person(), await acme.person("bia@x.br")
    who = Principal(tenant=tenant, name="Ana", person=ana, roles=["agent"])
    other = Principal(tenant=tenant, name="Bia", person=bia, roles=["agent"])
    here = await waiting(acme, "oi")
    hello = await canned.save(rt, who, "/Ola", "Olá {{ contact.name | first }}, aqui é {{ agent.name }}.")
    own = await canned.save(rt, who, "pix", "Segue o Pix, olá", shared=False)
    assert await canned.use(rt, other, hello.id, here) == "Olá Ana, aqui é Bia."
    assert [c.shortcut for c in await canned.search(rt, tenant, ana, "/ol")] == ["ola", "pix"]
    assert [c.shortcut for c in await canned.search(rt, tenant, bia, "")] == ["ola"], (
        "somebody's own is theirs"
    )
    assert (await canned.one(rt, tenant, ana, hello.id)).used == 1
    assert await refused(canned.use(rt, other, own.id, here)) == "canned:unknown"
    assert await refused(canned.save(rt, who, "ola", "x")) == "canned:taken"
    assert await refused(canned.save(rt, who, "a b", "x")) == "canned:bad-shortcut"
    assert await refused(canned.save(rt, who, "c", "{{ contact. }}")) == "template:syntax"
    await canned.save(rt, who, "ola", "Oi", ident=hello.id)
    await canned.delete(rt, who, own.id)
    assert [c.text for c in await canned.canned(rt, tenant, ana)] == ["Oi"]

    told = []
    async with rt.live.listen(f"person/{tenant}/{bia}") as news:
        await mentions.write(rt, tenant, here, "@Bia veja; a@x.br não", person=ana, name="Ana")
        while not news.empty():
            told.append(news.get_nowait().kind)
    assert told == [] or told == ["mentioned"]
    assert await refused(mentions.write(rt, tenant, here, " ", person=ana)) == "note:empty"
    read = await thread.thread(rt, tenant, here)
    assert [e.note.text for e in read.entries if e.note] == ["@Bia veja; a@x.br não"]


async def test_the_thread_keeps_one_order_over_pages(acme: Company) -> None:
    rt, tenant, ana = acme.rt, acme.tenant, await acme.person()
    here = await waiting(acme, "1", "2", "3")
    await mentions.write(rt, tenant, here, "depois da 3", person=ana)
    await clock.advance(rt, tenant, timedelta(hours=1))
    await acme.says("4")
    await conversations.take(rt, tenant, here, ana)
    await replying.send(rt, tenant, here, Text("5"), person=ana, reply_to="wamid.in4")

    def lines(read: thread.Thread) -> list[str]:
        return [
            e.message.text if e.message else e.note.text if e.note else e.deed.action if e.deed else ""
            for e in read.entries
        ]

    whole = await thread.thread(rt, tenant, here)
    assert lines(whole) == ["1", "2", "3", "depois da 3", "4", "conversation_taken", "5"], (
        "on the company's clock"
    )
    assert whole.quotes["wamid.in4"].text == "4"
    assert whole.people == {ana: "Ana"}
    back: list[str] = []
    before = thread.LAST
    while True:
        page = await thread.thread(rt, tenant, here, before=before, limit=2)
        back = lines(page) + back
        if not page.before:
            break
        before = page.before
    assert sorted(back) == sorted(lines(whole))
    card = await thread.card(rt, tenant, here)
    assert (card.contact.phone, card.ticket is not None, [h.id for h in card.history]) == (
        PHONE,
        True,
        [here],
    )
    assert (await thread.invoices(rt, tenant, card.contact.id)).state == "not_configured"


def test_whom_a_note_names() -> None:
    def person(ident: int, name: str, email: str) -> mentions.Person:
        return mentions.Person(id=ident, email=email, name=name, roles=[], language="pt-BR", state="active")

    everyone = [
        person(1, "Ana Souza", "ana@x.br"),
        person(2, "Ana Lima", "lima@x.br"),
        person(3, "José", "j@x.br"),
    ]

    assert mentions.named("@jose e @Ana Souza", everyone) == [3, 1]
    assert mentions.named("@ana", everyone) == [], "there are two"
    assert mentions.named("veja @lima@x.br.", everyone) == [2]
    assert mentions.named("joao@jose.com", everyone) == [], "an address is no mention"
    assert mentions.named("@" * 500 + "\u202e@josé", everyone) == [3]


async def test_whoever_has_it_open_sees_that_the_customer_types(acme: Company) -> None:
    here = await waiting(acme, "oi")
    one = await channels.loaded(acme.rt, acme.channel)
    async with acme.rt.live.listen(f"conversation/{acme.tenant}/{here}") as news:
        # under the other spelling of the number
        for phone in ("554188887777", "5511900000000"):
            await acme.intake.accept(
                one, [TypingIn(key="", sender=Sender(identities=[Identity("wa_id", phone)]))]
            )
        assert [n.kind for n in (news.get_nowait() for _ in range(news.qsize()))] == ["typing"]
