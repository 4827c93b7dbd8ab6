"""Changing a draft: the one path on which every change goes, whoever makes it.

A command is carried out on the draft as it is now, under a lock, and stored together with the command that takes it
back; then other editors are told. A command that was sent twice (a page that lost its connection and asks again)
happens once: its `token` is remembered. Undo belongs to a person: it takes back that person's last deed, and is
refused (`edit:conflict`) rather than laid over what somebody else did to the same thing since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal, TypeVar

import msgspec
from asyncpg.exceptions import UniqueViolationError

from engine.core.edit import commands as cmd
from engine.core.edit import diff
from engine.core.edit.apply import Applied, apply
from engine.core.edit.bounds import LARGEST, bounded, counted, sound
from engine.core.edit.places import DEEPEST
from engine.core.errors import TramaError
from engine.core.flow import Document
from engine.nodes import open_document
from engine.services.live import News
from engine.services.runtime import Runtime
from engine.store import edits as store
from engine.store import flows as drafts
from engine.store.database import Connection
from engine.store.edits import EditRow

LONGEST_WORDS = 200
_T = TypeVar("_T")
_MANY = 100
"""Commands (or steps of documents) from which on the work is done beside the server's other work."""
_TOLD = 60
_GOING_ON = 10.0


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who changes: a person (none: another system), in which page (`editor`), with its own count of the deed."""

    person: int | None = None
    name: str = ""
    editor: str = ""
    token: int = 0


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """The draft after a change. `again`: it had happened already, so nothing did. `words` name the deed."""

    rev: int
    document: Document
    touched: frozenset[str]
    words: str = ""
    again: bool = False


async def draft(rt: Runtime, tenant: int, flow: str) -> Edited:
    """The draft as it is. Raises `flow:unknown`."""
    async with rt.db.tenant(tenant) as c:
        row, raw = await drafts.draft(c, flow)
    document = open_document(raw)
    return Edited(rev=row.draft_rev, document=document, touched=frozenset())


async def edit(
    rt: Runtime, tenant: int, flow: str, command: cmd.Command, author: Author, *, words: str = ""
) -> Edited:
    """Carry out a command. Raises what `engine.core.edit.apply.apply` raises, and `flow:unknown`.

    Who types goes on with what they began: another value for the same setting within ten seconds is one deed with the
    one before, so that undo takes back words, not syllables."""
    # as it is stored: a tuple in a value is a list in the document
    command = cmd.read(msgspec.json.encode(command))
    try:
        async with rt.db.tenant(tenant) as c:
            now = await store.lock(c, flow)
            document = await _document(rt, c, tenant, flow, now.rev)
            if author.token and await store.seen(c, flow, author.editor, author.token) is not None:
                return Edited(rev=now.rev, document=document, touched=frozenset(), again=True)
            done = await _aside(lambda: _carried_out(document, command), _weight(command))
            await store.forget_undone(c, flow, author.person)
            begun = await store.latest(c, flow, now.rev, author.person, author.editor, _GOING_ON)
            if begun is not None:
                going_on = _going_on(cmd.read(begun.inverse), command, done.inverse)
                if going_on is not None:
                    done = done._replace(inverse=going_on)
                    await store.close(c, flow, begun.rev)
            await _save(c, flow, now.rev, done, command, author, words, "do")
    except UniqueViolationError:
        raise TramaError("edit:twice", "this change is being made already") from None
    return _finished(rt, tenant, flow, now.rev + 1, done, author, words)


async def replace(
    rt: Runtime,
    tenant: int,
    flow: str,
    document: Document,
    author: Author,
    *,
    rev: int | None = None,
    words: str = "",
) -> Edited:
    """The whole draft anew, as one deed. Raises `flow:changed-meanwhile` when it is not at revision `rev`."""
    async with rt.db.tenant(tenant) as c:
        now = await store.lock(c, flow)
        if rev is not None and now.rev != rev:
            raise TramaError(
                "flow:changed-meanwhile", f"the draft is at revision {now.rev}, not {rev}", path="/rev"
            )
        old = await _document(rt, c, tenant, flow, now.rev)
        forth, done = await _aside(lambda: _replaced(old, document), len(old.nodes) + len(document.nodes))
        await store.forget_undone(c, flow, author.person)
        await _save(c, flow, now.rev, done, forth, author, words, "do")
    return _finished(rt, tenant, flow, now.rev + 1, done, author, words)


async def undo(rt: Runtime, tenant: int, flow: str, author: Author) -> Edited | None:
    """Take back the person's last deed; None when there is none. Raises `edit:conflict` and the like when others
    changed the same thing since."""
    return await _turned(rt, tenant, flow, author, "undo")


async def redo(rt: Runtime, tenant: int, flow: str, author: Author) -> Edited | None:
    """Do again what was taken back last."""
    return await _turned(rt, tenant, flow, author, "redo")


async def _turned(
    rt: Runtime, tenant: int, flow: str, author: Author, kind: Literal["undo", "redo"]
) -> Edited | None:
    async with rt.db.tenant(tenant) as c:
        now = await store.lock(c, flow)
        find = store.to_undo if kind == "undo" else store.to_redo
        deed = await find(c, flow, author.person)
        if deed is None:
            return None
        document = await _document(rt, c, tenant, flow, now.rev)
        command = cmd.read(deed.inverse if kind == "undo" else deed.command)
        done = await _aside(lambda: _carried_out(document, command), _weight(command))
        again = msgspec.json.encode(done.inverse)
        if kind == "undo":
            await store.turn(c, flow, deed.rev, "undone", again, deed.inverse)
        else:
            await store.turn(c, flow, deed.rev, "done", deed.command, again)
        await _save(c, flow, now.rev, done, command, author, deed.words, kind)
    return _finished(rt, tenant, flow, now.rev + 1, done, author, deed.words)


async def history(
    rt: Runtime, tenant: int, flow: str, *, before: int = 2**31 - 1, limit: int = 100
) -> list[EditRow]:
    async with rt.db.tenant(tenant) as c:
        return await store.history(c, flow, before, limit)


def _going_on(before: cmd.Command, command: cmd.Command, after: cmd.Command) -> cmd.Command | None:
    """What takes back both deeds, if the second went on with the first: the same setting of the same step or flow."""
    match before, command, after:
        case cmd.SetNode(), cmd.SetNode(), cmd.SetNode() if (before.id, before.path) == (
            command.id,
            command.path,
        ):
            same = after.path == before.path
        case cmd.SetFlow(), cmd.SetFlow(), cmd.SetFlow() if before.path == command.path:
            same = after.path == before.path
        case _:
            return None
    # what grew or shrank a list stands alone
    return msgspec.structs.replace(before, was=after.was) if same else None


class Since(msgspec.Struct, frozen=True, kw_only=True):
    """What happened after a revision. `whole`: not every step is known, take the whole document."""

    rev: int
    document: Document
    edits: list[EditRow]
    whole: bool


async def since(rt: Runtime, tenant: int, flow: str, rev: int) -> Since:
    """For an editor that stands at `rev`. Raises `flow:unknown`."""
    async with rt.db.tenant(tenant) as c:
        edits = await store.since(c, flow, rev)
        now = edits[-1].rev if edits else rev
        document = rt.drafts.take((tenant, flow), now)
        if document is None:
            row, raw = await drafts.draft(c, flow)
            now, document = row.draft_rev, open_document(raw)
            rt.drafts.put((tenant, flow), now, document)
            # what was done between the two questions is in the document, and belongs to the steps
            edits = [e for e in await store.since(c, flow, rev) if e.rev <= now]
    complete = [e.rev for e in edits] == list(range(rev + 1, now + 1))
    return Since(rev=now, document=document, edits=edits, whole=not complete)


def _carried_out(document: Document, command: cmd.Command) -> Applied:
    """What is stored can be stored, and read again."""
    sound(msgspec.to_builtins(command), DEEPEST + 20)
    done = apply(document, command)
    counted(done.document)
    return done


def _replaced(old: Document, new: Document) -> tuple[cmd.Command, Applied]:
    bounded(new)
    forth, back = diff.commands(old, new), diff.commands(new, old)
    return forth, Applied(new, back, apply(old, forth).touched)


def _weight(command: cmd.Command) -> int:
    return len(command.commands) if isinstance(command, cmd.Batch) else 1


async def _aside(work: Callable[[], _T], weight: int) -> _T:
    """What takes long is done in a thread; what is quick is not worth the way there."""
    return await asyncio.to_thread(work) if weight > _MANY else work()


async def _document(rt: Runtime, c: Connection, tenant: int, flow: str, rev: int) -> Document:
    kept = rt.drafts.take((tenant, flow), rev)
    if kept is not None:
        return kept
    _, raw = await drafts.draft(c, flow)
    return open_document(raw)


async def _save(
    c: Connection,
    flow: str,
    rev: int,
    done: Applied,
    command: cmd.Command,
    author: Author,
    words: str,
    kind: Literal["do", "undo", "redo"],
) -> None:
    document = done.document
    encoded = msgspec.json.encode(document)
    if len(encoded) > LARGEST:
        raise TramaError("flow:too-large", f"a flow has at most {LARGEST} bytes")
    await drafts.save_draft(c, flow, document.name, document.kind, encoded, rev, author.person)
    await store.record(
        c,
        flow,
        rev + 1,
        command=msgspec.json.encode(command),
        inverse=msgspec.json.encode(done.inverse),
        touched=sorted(done.touched),
        person=author.person,
        editor=author.editor,
        token=author.token if kind == "do" else 0,
        words=words[:LONGEST_WORDS],
        kind=kind,
    )


def _finished(
    rt: Runtime, tenant: int, flow: str, rev: int, done: Applied, author: Author, words: str
) -> Edited:
    rt.drafts.put((tenant, flow), rev, done.document)
    touched = sorted(done.touched)
    data = {"rev": rev, "who": author.name[:80], "editor": author.editor}
    if len(touched) <= _TOLD:
        data["touched"] = touched
    rt.live.publish(News(kind="flow_edited", tenant=tenant, flow=flow, data=data))
    return Edited(rev=rev, document=done.document, touched=done.touched, words=words)
