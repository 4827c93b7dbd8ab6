"""Notes that name colleagues: `@Ana` in a note makes it appear among Ana's mentions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from engine.core.errors import TramaError
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import audit, conversations, news, people
from engine.store import mentions as store
from engine.store.mentions import MentionRow
from engine.store.news import Told
from engine.store.people import Person

LONGEST = 10_000
MOST = 20


async def write(
    rt: Runtime, tenant: int, conversation: int, text: str, *, person: int | None, name: str = ""
) -> int:
    """A note that only people see; its id. Everybody whom it names is told. Raises `note:empty`, `note:too-long`,
    `conversation:unknown`."""
    text = text.strip()
    if not text:
        raise TramaError("note:empty", "there is nothing to note", path="/text")
    if len(text) > LONGEST:
        raise TramaError("note:too-long", f"at most {LONGEST} characters", path="/text")
    async with rt.db.tenant(tenant) as c:
        await conversations.get(c, conversation)
        ident = await conversations.add_note(c, conversation, text, person)
        await audit.note(c, "note_added", f"conversation:{conversation}", person=person, note=ident)
        wanted = named(text, await people.everyone(c)) if "@" in text else []
        named_now = await store.add(c, ident, conversation, [p for p in wanted if p != person], person)
        told = [
            Told(kind="mentioned", conversation=conversation, person=p, data={"note": ident, "by": name[:60]})
            for p in named_now
        ]
        numbers = await news.tell(c, told)
    rt.live.publish(News("conversation_changed", tenant, conversation, {"note": ident}))
    rt.live.spread(tenant, told, numbers)
    return ident


async def mentions(
    rt: Runtime, tenant: int, person: int, *, before: int = 2**62, limit: int = 50
) -> list[MentionRow]:
    """The person's, newest first."""
    async with rt.db.tenant(tenant) as c:
        return await store.of(c, person, before=before, limit=max(1, min(limit, 200)))


def named(text: str, everyone: Iterable[Person]) -> list[int]:
    """Whom `@…` means: the longest whole name or address that follows, else a first name that only one bears; case and
    accents do not matter."""
    active = [p for p in everyone if p.state == "active"]
    firsts: dict[str, list[int]] = {}
    names: list[tuple[str, int]] = []
    for p in active:
        whole = _fold(p.name)
        names += [(whole, p.id), (_fold(p.email), p.id)]
        firsts.setdefault(whole.partition(" ")[0], []).append(p.id)
    names += [(first, ids[0]) for first, ids in firsts.items() if len(ids) == 1]
    names.sort(key=lambda n: -len(n[0]))
    folded = _fold(text)
    found: list[int] = []
    at = folded.find("@")
    while at >= 0 and len(found) < MOST:
        rest = folded[at + 1 :]
        before = folded[at - 1 : at] if at else ""
        if not before.isalnum():
            for name, ident in names:
                if name and rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum():
                    if ident not in found:
                        found.append(ident)
                    break
        at = folded.find("@", at + 1)
    return found


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(ch for ch in plain if not unicodedata.combining(ch))
