"""What an agent does with a conversation: take, pass on, set aside, end, give back, move, start a flow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from nicegui import ui

from builder_ui.elements.chooser import Choice, Chooser, fold
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.inbox import clocks
from builder_ui.inbox.replies import Replies
from builder_ui.inbox.template import Templates
from builder_ui.simulator.bubbles import ZONE
from engine.core.errors import TramaError
from engine.services import clock, conversations, events, flow_list, inbox, moving, snoozing, tickets

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox

REASONS = ("solved", "no_answer", "duplicate", "spam", "other")


class Acts:
    def __init__(self, desk: Inbox) -> None:
        self.desk = desk
        self._templates = Templates(desk)
        self._replies = Replies(desk)

    async def _try(self, deed: Awaitable[object]) -> bool:
        """Whether it went well; what is refused is said."""
        try:
            await deed
        except TramaError as fault:
            self.desk.refuse(fault.code)
            return False
        return True

    async def take(self) -> None:
        desk = self.desk
        row = desk.row
        if row is None:
            return
        if row.state == "closed" and (other := await desk.open_one(row)):
            # the customer is served elsewhere already: go there
            await desk.open(other)
            return
        if await self._try(conversations.take(desk.rt, desk.tenant, row.id, desk.person, expect=row.epoch)):
            await desk.reread()
            desk.js("show", "reply")
        else:
            await desk.reread()

    async def give_back(self) -> None:
        desk = self.desk
        if desk.row is not None and await self._try(
            conversations.give_back(desk.rt, desk.tenant, desk.row.id, person=desk.person)
        ):
            await desk.reread()
            desk.toasts.show(desk.t("ib.done.given_back"))

    def transfer(self) -> None:
        """To a queue or a colleague, with a word for who gets it."""
        desk, t = self.desk, self.desk.t
        row = desk.row
        if row is None or row.state != "open":
            return
        # a dialog hangs at the page, because the bar above the words is drawn anew while one thinks
        with desk.root, named_dialog(t("ib.transfer")) as dialog, node("div", "card ib-dialog"):
            word("h2", t("ib.transfer"))
            with node("div", "ib-targets", role="group", aria_label=t("ib.to_whom")):
                word("div", t("ib.to_queue"), "quiet")
                for queue in desk.all_queues:
                    press(
                        queue.name or queue.key,
                        lambda key=queue.key: send(queue=key),
                        "ghost ib-target",
                        icon="groups",
                    )
                word("div", t("ib.to_person"), "quiet")
                for agent in desk.agents:
                    if agent.person_id != row.person_id:
                        with press("", lambda ident=agent.person_id: send(person=ident), "ghost ib-target"):
                            node("span", f"ib-dot {agent.state}")
                            word("bdi", agent.name)
                            word("span", t("ib.serves", n=agent.serving), "quiet")
                            word("span", t(f"ib.state.{agent.state}"), "quiet")
            note = ui.textarea(t("ib.transfer_note")).props("outlined dense autogrow maxlength=2000")
            with node("div", "ib-dialog-foot"):
                press(t("ib.cancel"), dialog.close, "ghost")

        async def send(*, queue: str = "", person: int | None = None) -> None:
            dialog.close()
            done = tickets.transfer(
                desk.rt,
                desk.tenant,
                row.id,
                queue=queue,
                person=person,
                note=(note.value or "").strip()[:2000],
                by=desk.person,
            )
            if await self._try(done):
                desk.toasts.show(t("ib.done.transferred"))
                await desk.left(row.id)

        dialog.on("hide", dialog.delete)
        dialog.open()

    def close(self) -> None:
        """With a reason. It is done when the way back is over, so that no customer is asked for a rating in vain."""
        desk, t = self.desk, self.desk.t
        row = desk.row
        if row is None or row.state != "open":
            return
        queue = next((q for q in desk.all_queues if q.key == row.queue), None)
        reasons = list(queue.settings.reasons) if queue is not None else []
        offered = {r: r for r in reasons} or {r: t(f"ib.reason_close.{r}") for r in REASONS}
        with desk.root, named_dialog(t("ib.close_title")) as dialog, node("div", "card ib-dialog"):
            word("h2", t("ib.close_title"))
            with node("div", "ib-targets", role="group", aria_label=t("ib.close_reason")):
                for reason, label in offered.items():
                    press(label, lambda r=reason, w=label: done(w if r in REASONS else r), "ghost ib-target")
            own = ui.input(t("ib.close_own")).props("outlined dense maxlength=200")
            own.on("keydown.enter", lambda: done(own.value or ""))
            with node("div", "ib-dialog-foot"):
                press(t("ib.cancel"), dialog.close, "ghost")
                press(t("ib.close"), lambda: done(own.value or ""), "primary", icon="check")

        async def done(reason: str) -> None:
            dialog.close()
            desk.pending.add(row.id)

            async def later() -> None:
                desk.pending.discard(row.id)
                try:
                    await conversations.close(
                        desk.rt, desk.tenant, row.id, reason.strip()[:200], person=desk.person
                    )
                except TramaError as fault:
                    desk.refuse(fault.code)
                await desk.touch([row.id])

            async def undo() -> None:
                desk.pending.discard(row.id)
                await desk.open(row.id)

            desk.toasts.show(
                t("ib.done.closed", name=row.contact_name or row.contact_phone), undo, later=later
            )
            await desk.left(row.id)

        dialog.on("hide", dialog.delete)
        dialog.open()

    async def snooze(self) -> None:
        desk, t = self.desk, self.desk.t
        row = desk.row
        if row is None or row.state != "open":
            return
        now = await clock.now(desk.rt, desk.tenant)
        here = now.astimezone(ZONE)

        def at(days: int, hour: int) -> datetime:
            return (here + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)

        offers: list[tuple[str, datetime | None]] = [
            (t("ib.snooze_hour"), now + timedelta(hours=1)),
            (t("ib.snooze_three"), now + timedelta(hours=3)),
            (t("ib.snooze_tomorrow"), at(1, 9)),
            (t("ib.snooze_monday"), at((7 - here.weekday()) or 7, 9)),
        ]
        if row.snoozed_until is not None:
            offers.insert(0, (t("ib.snooze_end"), None))
        with desk.root, named_dialog(t("ib.snooze")) as dialog, node("div", "card ib-dialog"):
            word("h2", t("ib.snooze"))
            word("p", t("ib.snooze_more"), "quiet")
            with node("div", "ib-targets", role="group", aria_label=t("ib.snooze")):
                for label, until in offers:
                    with press("", lambda u=until: done(u), "ghost ib-target"):
                        word("span", label)
                        if until is not None:
                            word("span", f"{clocks.local(until):%d/%m %H:%M}", "quiet")
            own = ui.input(t("ib.snooze_own")).props("outlined dense type=datetime-local stack-label")
            with node("div", "ib-dialog-foot"):
                press(t("ib.cancel"), dialog.close, "ghost")
                press(t("ib.snooze"), lambda: custom(), "primary", icon="snooze")

        async def custom() -> None:
            try:
                until = datetime.fromisoformat(str(own.value)).replace(tzinfo=ZONE)
            except ValueError:
                desk.refuse("snooze:past")
                return
            await done(until)

        async def done(until: datetime | None) -> None:
            dialog.close()
            before: list[datetime | None] = []

            async def deed() -> None:
                wanted = until.astimezone(UTC) if until is not None else None
                before.append(await snoozing.snooze(desk.rt, desk.tenant, row.id, wanted, by=desk.person))

            if not await self._try(deed()):
                return

            async def undo() -> None:
                await self._try(snoozing.snooze(desk.rt, desk.tenant, row.id, before[0], by=desk.person))
                await desk.open(row.id)

            if until is None:
                await desk.reread()
            else:
                desk.toasts.show(t("ib.done.snoozed", at=f"{clocks.local(until):%d/%m %H:%M}"), undo)
                await desk.left(row.id)

        dialog.on("hide", dialog.delete)
        dialog.open()

    async def tags(self) -> None:
        desk, t = self.desk, self.desk.t
        row = desk.row
        if row is None:
            return
        known = await inbox.known_tags(desk.rt, desk.tenant)
        with desk.root, named_dialog(t("ib.tags")) as dialog, node("div", "card ib-dialog"):
            word("h2", t("ib.tags"))
            chosen = ui.select(
                sorted({*known, *row.tags}), value=list(row.tags), multiple=True, new_value_mode="add-unique",
                label=t("ib.tags"),
            ).props("outlined dense use-chips")  # fmt: skip
            with node("div", "ib-dialog-foot"):
                press(t("ib.cancel"), dialog.close, "ghost")
                press(t("ib.save"), lambda: done(), "primary")

        async def done() -> None:
            wanted = [str(v) for v in chosen.value or []]
            if await self._try(inbox.tag(desk.rt, desk.tenant, row.id, wanted, by=desk.person)):
                dialog.close()
                await desk.reread(panel=True)

        dialog.on("hide", dialog.delete)
        dialog.open()

    async def flow(self) -> None:
        """An agent's command: a live flow runs in the conversation now."""
        desk, t = self.desk, self.desk.t
        row = desk.row
        if row is None or row.state != "open":
            return
        lines = [f for f in await flow_list.lines(desk.rt, desk.tenant) if f.live_version is not None]

        async def start(flow: str) -> None:
            if await self._try(events.start_flow(desk.rt, desk.tenant, row.id, flow, {})):
                desk.toasts.show(t("ib.done.flow"))

        choices = [Choice(f.id, "account_tree", f.name, f.description[:80]) for f in lines]
        self.choose(t("ib.flow"), choices, start)

    async def move(self) -> None:
        """The same customer on another channel; the thread goes on there."""
        desk, t = self.desk, self.desk.t
        row = desk.row
        if row is None or row.state != "open":
            return
        ways = await moving.ways(desk.rt, desk.tenant, row.id)

        async def go(channel: int) -> None:
            try:
                done = await moving.move(desk.rt, desk.tenant, row.id, channel, by=desk.person)
            except TramaError as fault:
                desk.refuse(fault.code)
                return
            desk.toasts.show(t(f"ib.done.{done}"))
            await desk.reread(panel=True)

        choices = [
            Choice(w.channel, "swap_horiz", w.name, t(f"ib.way.{w.how}")) for w in ways if w.how != "none"
        ]
        self.choose(t("ib.move"), choices, go)

    async def templates(self) -> None:
        if self.desk.row is not None and self.desk.row.state == "open":
            await self._templates.open(self.desk.row)

    async def canned(self) -> None:
        await self._replies.open()

    def choose(self, label: str, choices: list[Choice], on_pick: Callable[[Any], Awaitable[None]]) -> None:
        def sift(typed: str) -> list[Choice]:
            wanted = fold(typed).split()
            return [c for c in choices if all(w in fold(f"{c.title} {c.more}") for w in wanted)]

        self.desk.dialogs.clear()
        with self.desk.dialogs:
            Chooser(label, sift, on_pick, nothing=self.desk.t("ib.nothing")).open()
