"""What the browser tells: opened, typed, sent, pressed. Nothing of it is believed before it was looked at."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from nicegui.events import GenericEventArguments

from builder_ui.inbox import keys
from engine.core.errors import TramaError
from engine.core.message import Text
from engine.services import canned, drafts, mentions, replying

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox


class Browser:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        self._sent: set[str] = set()

    async def happened(self, event: GenericEventArguments) -> None:
        told: dict[str, Any] = event.args if isinstance(event.args, dict) else {}
        ident = number(told.get("id"))
        match told.get("deed"):
            case "open":
                await self.desk.open(ident, message=number(told.get("message")))
            case "older":
                await self.desk.thread.older()
            case "draft":
                await self._draft(ident, told)
            case "send":
                await self._send(ident, told)
            case "canned":
                await self._canned(ident, number(told.get("canned")))
            case "typing":
                if (
                    self.desk.row is not None
                    and self.desk.row.id == ident
                    and self.desk.row.person_id == self.desk.person
                ):
                    await replying.typing(
                        self.desk.rt,
                        self.desk.tenant,
                        ident,
                        person=self.desk.person,
                        name=self.desk.who.name,
                    )
            case "seen":
                if ident == self.desk.current:
                    await self.desk.see(ident)
            case "again":
                await self.desk.reread()
            case "refused":
                self.desk.refuse(str(told.get("code", ""))[:60])
            case "key":
                await self._key(str(told.get("key", "")))

    async def _key(self, key: str) -> None:
        acts = self.desk.acts
        match key:
            case "palette":
                keys.palette(self.desk)
            case "help":
                self.desk.help()
            case "go-next":
                await self.desk.next()
            case "close":
                acts.close()
            case "transfer":
                acts.transfer()
            case "snooze":
                await acts.snooze()
            case "take":
                await acts.take()
            case "panel":
                self.desk.client.run_javascript("document.querySelector('.ib-panel')?.focus()")
            case _ if key in keys.GO:
                await self.desk.list.choose(keys.GO[key])

    async def _draft(self, ident: int, told: dict[str, Any]) -> None:
        kind = told.get("kind")
        if ident and kind in ("reply", "note"):
            with contextlib.suppress(TramaError):
                # what is too long or belongs to nothing stays in the browser
                await drafts.save(
                    self.desk.rt,
                    self.desk.tenant,
                    self.desk.person,
                    ident,
                    kind,
                    str(told.get("text", "")),
                    reply_to=str(told.get("reply_to", "")),
                    rev=max(0, number(told.get("rev"))),
                )

    async def _send(self, ident: int, told: dict[str, Any]) -> None:
        key, kind = str(told.get("key", ""))[:80], str(told.get("kind", ""))
        if not key or key in self._sent:
            return
        self._sent.add(key)
        ok = False
        try:
            if kind == "note":
                await self._note(ident, str(told.get("text", "")))
            else:
                await self._reply(ident, told)
            ok = True
        except TramaError as fault:
            self.desk.refuse(fault.code)
        self.desk.js("settled", key, ok, ident, "note" if kind == "note" else "reply")
        if ident == self.desk.current:
            await self.desk.reread()
            self.desk.js("newest")

    async def _note(self, ident: int, text: str) -> None:
        await mentions.write(
            self.desk.rt, self.desk.tenant, ident, text, person=self.desk.person, name=self.desk.who.name
        )
        await drafts.save(self.desk.rt, self.desk.tenant, self.desk.person, ident, "note", "")

    async def _reply(self, ident: int, told: dict[str, Any]) -> None:
        text, reply_to = str(told.get("text", "")), str(told.get("reply_to", ""))[:300]
        given = told.get("files")
        files = [f for f in given if isinstance(f, dict)][:10] if isinstance(given, list) else []
        caption = text if len(files) == 1 and text.strip() else ""
        for file in files:
            content = replying.attached(
                self.desk.rt,
                self.desk.tenant,
                str(file.get("name", "")),
                caption=caption,
                filename=str(file.get("filename", "")),
            )
            await replying.send(
                self.desk.rt, self.desk.tenant, ident, content, person=self.desk.person, reply_to=reply_to
            )
        if text.strip() and not caption:
            await replying.send(
                self.desk.rt, self.desk.tenant, ident, Text(text), person=self.desk.person, reply_to=reply_to
            )
        elif caption:
            await drafts.save(self.desk.rt, self.desk.tenant, self.desk.person, ident, "reply", "")

    async def _canned(self, ident: int, reply: int) -> None:
        try:
            text = await canned.use(self.desk.rt, self.desk.who, reply, ident)
        except TramaError as fault:
            self.desk.refuse(fault.code)
            return
        self.desk.js("canned", ident, text)


def number(value: object) -> int:
    """A number that a browser sent; 0 for what is none or what no row can have."""
    return int(value) if isinstance(value, int | float) and 0 <= value < 2**63 else 0
