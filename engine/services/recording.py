"""A conversation that took place becomes a test: the same inputs, the answers that services gave, the clock, and what
was said as what is expected. Personal data of the people in it are replaced by fictitious ones.

The stored turns hold whole events, so that inputs come back exactly; what was said lies in the messages of the same
moment. The recording is played on the version that it ran on: where that gives something else (a greeting by
daytime, chance, data of the contact that changed since), what it gives now is expected, and a note says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from engine.core import replay, verdicts
from engine.core.disguise import Disguise
from engine.core.edit.commands import SetFlow
from engine.core.errors import TramaError
from engine.core.flow import Flow, Flows, FlowTest, TestTurn
from engine.core.message import Content, Inbound, Limits, Text, plain
from engine.core.verdicts import Verdict
from engine.nodes import open_document, open_flow
from engine.services import editing, tryout
from engine.services.editing import Author
from engine.services.runtime import Runtime
from engine.store import conversations, recordings
from engine.store import flows as flow_store
from engine.store.conversations import MessageRow
from engine.store.traces import TraceRow

MOST_TURNS = 300
GAP = timedelta(minutes=1)
"""A shorter silence between two inputs is not recorded."""
HOLIDAYS_NEAR = timedelta(days=8)
_OVER = frozenset({"done", "handed_over", "failed", "unmatched"})
_IDLE = frozenset({"stale", "silent"})

NoteKind = Literal["disguised", "burst", "version", "differs", "cut", "skipped", "person"]


class Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that the person should know of a recording. `about` fills its words in."""

    kind: NoteKind
    about: dict[str, str] = {}


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    test: FlowTest
    notes: list[Note] = []
    version: int = 0


async def record(rt: Runtime, tenant: int, conversation: int, flow: str, *, name: str = "") -> Recorded:
    """The latest passage of a conversation through a flow, as a test of it. Raises `conversation:unknown`,
    `recording:nothing` (it never went through), `recording:other-flow` (it came there from the flow `detail`)."""
    async with rt.db.tenant(tenant) as c:
        row = await conversations.get(c, conversation)
        rows = await recordings.turns(c, conversation, limit=MOST_TURNS)
        said = await conversations.messages(c, conversation, before=2**62, limit=MOST_TURNS * 4)
        live = await flow_store.live_versions(c)
        passage = last_passage(rows, flow)
        version = next(s.version for t in passage for s in t.trace.steps if s.flow == flow)
        wanted = {(s.flow, s.version) for t in passage for s in t.trace.steps} | set(live.items())
        documents = await flow_store.documents(c, list(wanted))
    ran, book = _book(documents, flow, version, live)
    setup = await tryout.setup(rt, tenant, row.channel_kind, contact=row.contact_id, at=_at(passage[0].event))
    turns, notes = _turns(passage, said)
    if len(rows) > len(passage):
        notes.append(Note(kind="cut"))
    notes.append(Note(kind="version", about={"version": str(version)}))
    title = name or f"#{conversation}"
    tried: list[tuple[Recorded, Verdict]] = []
    for contact in contacts_then(setup.world["contact"], passage, book):
        world = {**setup.world, "contact": contact}
        made = disguised(lean(FlowTest(name=title, turns=turns, at=setup.at, world=world)))
        tried.append((made, verdicts.run_test(ran, made.test, book)))
        if tried[-1][1].passed:
            break
    made, verdict = min(tried, key=lambda one: len(one[1].failures))
    test, notes = made.test, [*notes, *made.notes]
    if not verdict.passed:
        test = verdicts.accepted(test, verdict)
        notes.append(Note(kind="differs", about={"version": str(version)}))
    return Recorded(test=test, notes=notes, version=version)


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that is in a flow's draft now, as its test number `index`."""

    flow: str
    name: str
    index: int
    notes: list[Note] = []


async def keep(
    rt: Runtime,
    tenant: int,
    conversation: int,
    author: Author,
    *,
    flow: str = "",
    name: str = "",
    words: str = "",
) -> Filed:
    """Record a conversation into the draft of the flow with which its latest passage began (or of `flow`), as one
    deed that can be undone. Raises what `record` and `editing.edit` raise."""
    flow = flow or await began_in(rt, tenant, conversation)
    made = await record(rt, tenant, conversation, flow, name=name)
    command = SetFlow(path="/tests/-", value=msgspec.to_builtins(made.test))
    edited = await editing.edit(rt, tenant, flow, command, author, words=words)
    return Filed(flow=flow, name=made.test.name, index=len(edited.document.tests) - 1, notes=made.notes)


async def began_in(rt: Runtime, tenant: int, conversation: int) -> str:
    """The flow with which the latest passage of a conversation began. Raises `conversation:unknown`,
    `recording:nothing`."""
    async with rt.db.tenant(tenant) as c:
        await conversations.get(c, conversation)
        rows = await recordings.turns(c, conversation, limit=MOST_TURNS)
    for session in reversed(_sessions(rows)):
        for turn in session:
            for step in turn.trace.steps:
                return step.flow
    raise TramaError("recording:nothing", "this conversation went through no flow")


def _book(
    documents: dict[tuple[str, int], bytes], flow: str, version: int, live: dict[str, int]
) -> tuple[Flow, Flows]:
    opened: dict[tuple[str, int], Flow] = {}
    for (ident, number), raw in documents.items():
        try:
            opened[(ident, number)] = open_flow(open_document(raw), number)
        except TramaError:
            # a flow that this program cannot read any more; the test fails by name where it is needed
            continue
    ran = opened.get((flow, version))
    if ran is None:
        raise TramaError("recording:nothing", f"version {version} of {flow} cannot be read any more")
    return ran, Flows(opened, {**live, flow: version})


def last_passage(rows: Sequence[TraceRow], flow: str) -> list[TraceRow]:
    """The turns of the last session that ran this flow from its beginning, oldest first."""
    for session in reversed(_sessions(rows)):
        visited = [s.flow for t in session for s in t.trace.steps]
        if flow in visited:
            if visited[0] != flow:
                raise TramaError("recording:other-flow", visited[0])
            return session
    raise TramaError("recording:nothing", f"this conversation did not go through {flow}")


def _sessions(rows: Sequence[TraceRow]) -> list[list[TraceRow]]:
    """A conversation's turns cut where a session ended; turns that changed nothing are left out."""
    sessions: list[list[TraceRow]] = []
    over = True
    for row in rows:
        if row.outcome in _IDLE:
            continue
        if over or not sessions:
            sessions.append([])
        sessions[-1].append(row)
        over = row.outcome in _OVER
    return sessions


def contacts_then(contact: dict[str, Any], passage: Sequence[TraceRow], flows: Flows) -> list[dict[str, Any]]:
    """The contact as it may have been when the passage began, likeliest first: nobody keeps that. What rules read of it
    first is sure; what the flow wrote into it in this passage was perhaps not there before."""
    then: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(contact))
    seen: set[str] = set()
    written: set[str] = set()
    for step in (s for turn in passage for s in turn.trace.steps):
        for path, value in step.reads.items():
            if path.startswith("contact.") and path not in seen:
                seen.add(path)
                _put(then, path.split(".")[1:], value)
        flow = flows.get(step.flow, step.version)
        node = flow.nodes.get(step.node) if flow is not None else None
        if step.kind == "update_contact":
            written |= set(getattr(node, "fields", {})) - {p.removeprefix("contact.") for p in seen}
    if not written:
        return [then]
    fields = {k: v for k, v in then.get("fields", {}).items() if k not in written}
    return [then, {k: v for k, v in then.items() if k not in written} | {"fields": fields}]


def _put(place: dict[str, Any], way: list[str], value: Any) -> None:
    for part in way[:-1]:
        inner = place.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        place = inner
    place[way[-1]] = value


def _turns(passage: Sequence[TraceRow], said: Sequence[MessageRow]) -> tuple[list[TestTurn], list[Note]]:
    turns: list[TestTurn] = []
    notes: list[Note] = []
    now = _at(passage[0].event)
    by_moment: dict[datetime, list[MessageRow]] = {}
    for message in reversed(said):
        if message.direction == "out":
            by_moment.setdefault(message.created_at, []).append(message)
    if any(m.author == "person" for m in said):
        notes.append(Note(kind="person"))
    skipped = 0
    for row in passage:
        at = _at(row.event)
        expected: dict[str, Any] = {
            "expect": [_words(m) for m in by_moment.get(row.at, []) if m.author == "bot"],
            "exits": [f"{s.node}.{s.exit}" for s in row.trace.steps if s.exit] or None,
        }
        given, many = _input(row.event)
        if many:
            notes.append(Note(kind="burst"))
        if row.kind == "timer" or row.event.get("type") == "timer_fired":
            turns.append(TestTurn(advance=_iso(at - now), **expected))
            now = at
            continue
        if given is None:
            skipped += 1
            continue
        if at - now >= GAP:
            turns.append(TestTurn(advance=_iso(at - now)))
            now = at
        turns.append(msgspec.structs.replace(given, **expected))
    if turns and passage[-1].outcome in ("waiting", "done", "handed_over", "failed"):
        turns[-1] = msgspec.structs.replace(turns[-1], state=passage[-1].outcome)
    if skipped:
        notes.append(Note(kind="skipped", about={"n": str(skipped)}))
    return turns, list({n.kind: n for n in notes}.values())


def _input(event: dict[str, Any]) -> tuple[TestTurn | None, bool]:
    """A turn's input from its event, and whether several bubbles became one."""
    match event.get("type"):
        case "message_received":
            contents = msgspec.convert(event.get("contents", []), list[Inbound])
            return _heard(contents), len(contents) > 1
        case "call_answered":
            error = str(event.get("error", ""))
            return TestTurn(answer={"error": error} if error else {"value": event.get("value")}), False
        case "event_occurred":
            return TestTurn(event={"name": event.get("name", ""), "data": event.get("data", {})}), False
        case "flow_called":
            called = {"flow": event.get("flow", ""), "arguments": event.get("arguments", {})}
            return TestTurn(call=called), False
    return None, False


def _heard(contents: list[Inbound]) -> TestTurn | None:
    """Texts in a row are one text; of other bubbles the last counts, as it does for the flow."""
    if not contents:
        return None
    if all(isinstance(c, Text) for c in contents):
        return TestTurn(text="\n".join(plain(c) for c in contents))
    last: dict[str, Any] = msgspec.to_builtins(contents[-1])
    match last.pop("type"):
        case "chosen":
            return TestTurn(button=last["id"])
        case "media":
            # where it lies at the channel or with us says nothing in a test
            kept = {k: v for k, v in last.items() if k in ("kind", "mime", "caption", "filename", "voice")}
            return TestTurn(media=kept)
        case "location":
            return TestTurn(
                location={"latitude": round(last["latitude"], 1), "longitude": round(last["longitude"], 1)}
            )
    return TestTurn(text=plain(contents[-1]))


def lean(test: FlowTest) -> FlowTest:
    """The test without parts of the world that are as everywhere, or that its clock never comes near."""
    start = datetime.fromisoformat(test.at)
    length = sum((replay.duration(t.advance) for t in test.turns if t.advance), timedelta())
    world = dict(test.world)
    near = {
        day: name
        for day, name in world.pop("holidays", {}).items()
        if start.date() - HOLIDAYS_NEAR
        <= datetime.fromisoformat(day).date()
        <= (start + length + HOLIDAYS_NEAR).date()
    }
    if near:
        world["holidays"] = near
    usual = {
        "limits": msgspec.to_builtins(Limits()),
        "language": "pt-BR",
        "zone": "America/Sao_Paulo",
        "channel": "whatsapp_cloud",
    }
    kept = {k: v for k, v in world.items() if v not in ({}, [], "") and usual.get(k) != v}
    contact = {k: v for k, v in kept.get("contact", {}).items() if v not in ("", [], {}, None, False)}
    return msgspec.structs.replace(test, world=kept | ({"contact": contact} if contact else {}))


def disguised(test: FlowTest) -> Recorded:
    """The test with fictitious people in it; a note tells how much was replaced."""
    disguise = Disguise()
    raw: dict[str, Any] = msgspec.to_builtins(test)
    person = raw.get("world", {}).get("contact", {})
    company = raw.get("world", {}).pop("company", None)
    disguise.names_in(person)
    for turn in raw["turns"]:
        disguise.names_in(turn.get("answer"))
        disguise.names_in((turn.get("event") or {}).get("data"))
    if "world" in raw and person:
        person = {k: v for k, v in person.items() if k != "created_at"} | {"id": "contact-1"}
        raw["world"]["contact"] = disguise.value(person)
    raw["turns"] = [_turn(disguise, turn) for turn in raw["turns"]]
    raw["arguments"] = disguise.value(raw.get("arguments", {}))
    if company is not None:
        raw["world"]["company"] = company
    notes = [Note(kind="disguised", about={"n": str(disguise.replaced)})] if disguise.replaced else []
    return Recorded(test=msgspec.convert(raw, FlowTest), notes=notes)


def _turn(disguise: Disguise, turn: dict[str, Any]) -> dict[str, Any]:
    """Exits, durations and effects are the flow's own words."""
    own = ("exits", "advance", "effects", "state", "button")
    return {k: v if k in own else disguise.value(v) for k, v in turn.items()}


def _words(message: MessageRow) -> str:
    return plain(msgspec.convert(message.content, Content))


def _at(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(event["at"]))


def _iso(by: timedelta) -> str:
    return f"PT{max(1, round(by.total_seconds()))}S"
