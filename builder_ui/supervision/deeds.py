"""What a supervisor does on the floor, each with what is said about it and, where there is one, the way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from builder_ui.settings.frame import Hand, Strip
from builder_ui.supervision.floor import Floor
from engine.services import agents, mentions, tickets
from engine.services.views import AgentRow, Presence, TicketRow


class Deeds:
    """`after` brings the screen up to date."""

    def __init__(self, floor: Floor, hand: Hand, strip: Strip, after: Callable[[], Awaitable[None]]) -> None:
        self._floor, self._hand, self._strip, self._after = floor, hand, strip, after

    async def set_state(self, agent: AgentRow, state: Presence) -> None:
        floor, t = self._floor, self._floor.t

        async def put(to: Presence, reason: str) -> None:
            await self._hand.do(
                agents.set_state(
                    floor.rt, floor.tenant, agent.person_id, to, reason=reason, by=floor.by.person
                )
            )
            await self._after()

        await put(state, t("desk.by-supervisor"))
        self._strip.tell(t(f"desk.did.{state}", name=agent.name), lambda: put(agent.state, agent.reason))

    async def configure(self, agent: AgentRow, skills: list[str], most: int | None) -> bool:
        floor = self._floor
        done = await self._hand.do(
            agents.configure(
                floor.rt, floor.tenant, agent.person_id, skills=skills, most=most, by=floor.by.person
            ),
            floor.t("desk.did.configured", name=agent.name),
        )
        await self._after()
        return done is not None

    async def release(self, agent: AgentRow) -> None:
        """Their tickets go back into the lines; the way back gives them again."""
        floor, t = self._floor, self._floor.t
        theirs = [ticket.id for ticket in floor.tickets if ticket.person_id == agent.person_id]
        count = await self._hand.do(
            tickets.release(floor.rt, floor.tenant, agent.person_id, by=floor.by.person)
        )
        await self._after()

        async def back() -> None:
            await self.move(theirs, person=agent.person_id)

        self._strip.tell(t("desk.did.released", n=count or 0, name=agent.name), back)

    async def move(self, idents: list[int], *, person: int | None = None, queue: str = "") -> None:
        floor, t = self._floor, self._floor.t
        found = await self._hand.do(
            tickets.assign_many(
                floor.rt, floor.tenant, idents, person=person, queue=queue, by=floor.by.person
            )
        )
        floor.chosen.clear()
        await self._after()
        if found is not None:
            moved, kept = found
            to = floor.names().get(person or 0) or floor.queue_name(queue)
            self._strip.tell(
                t("desk.did.moved", n=moved, to=to) + (" " + t("desk.did.kept", n=len(kept)) if kept else "")
            )

    async def take_over(self, ticket: TicketRow) -> None:
        floor = self._floor
        assert floor.by.person is not None
        await self._hand.do(
            tickets.assign(
                floor.rt, floor.tenant, ticket.conversation_id, floor.by.person, by=floor.by.person
            )
        )
        ui.navigate.to(f"/inbox/{ticket.conversation_id}")

    async def whisper(self, ticket: TicketRow, text: str) -> bool:
        """A note that only people see; who serves is told of it."""
        floor = self._floor
        name = floor.names().get(ticket.person_id or 0, "")
        words = f"@{name} {text}" if name and f"@{name}" not in text else text
        done = await self._hand.do(
            mentions.write(
                floor.rt,
                floor.tenant,
                ticket.conversation_id,
                words,
                person=floor.by.person,
                name=floor.by.name,
            ),
            floor.t("desk.did.whispered"),
        )
        return done is not None

    async def set_priority(self, ticket: TicketRow, priority: int) -> None:
        floor = self._floor
        await self._hand.do(
            tickets.set_priority(floor.rt, floor.tenant, ticket.id, priority, by=floor.by.person)
        )
        await self._after()
