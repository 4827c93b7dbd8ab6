"""The panel of data: who writes, where the conversation stands, and what the flow knows."""

from __future__ import annotations

from builder_ui.elements.native import node, word
from builder_ui.elements.states import TONES, chip, empty, pairs
from builder_ui.simulator.bubbles import ZONE
from builder_ui.simulator.reasons import value
from builder_ui.texts import Texts
from engine.core.session import Session
from engine.services import contacts, conversations, sessions, tickets
from engine.services.contacts import ContactCard
from engine.services.runtime import Runtime
from engine.services.views import ConversationRow, TicketRow


class Facts:
    def __init__(self, rt: Runtime, tenant: int, t: Texts) -> None:
        self._rt, self._tenant, self._t = rt, tenant, t
        self._place = node("div", "cards")
        with self._place:
            empty("badge", t("facts.none"), t("facts.none_more"))

    async def refresh(self, conversation: int) -> None:
        rt, tenant = self._rt, self._tenant
        row = await conversations.conversation(rt, tenant, conversation)
        card = await contacts.contact(rt, tenant, row.contact_id)
        ticket = await tickets.current(rt, tenant, conversation)
        session = await sessions.session(rt, tenant, conversation)
        self._place.clear()
        with self._place:
            self._conversation(row, ticket)
            self._contact(card)
            if session is not None:
                self._session(session)

    def _conversation(self, row: ConversationRow, ticket: TicketRow | None) -> None:
        t = self._t
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("facts.conversation"))
                chip(t.known("owner", row.owner), TONES.get(row.owner, "plain"))
                if row.state == "closed":
                    chip(t("facts.closed"), "plain")
            items = [(t("facts.protocol"), row.protocol), (t("facts.channel"), row.channel_kind)]
            if row.flow:
                items.append((t("facts.flow"), f"{row.flow} v{row.flow_version} · {row.node}"))
            if row.last_inbound_at is not None:
                items.append(
                    (t("facts.last"), row.last_inbound_at.astimezone(ZONE).strftime("%d/%m %H:%M:%S"))
                )
            if ticket is not None:
                items.append((t("facts.queue"), f"{ticket.queue} · {ticket.priority}"))
                items.append((t("facts.summary"), ticket.summary))
            pairs(items)

    def _contact(self, card: ContactCard) -> None:
        t, one = self._t, card.contact
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("facts.contact"))
                for tag in one.tags:
                    chip(tag, "info")
                if one.opted_out:
                    chip(t("facts.opted_out"), "bad")
            items = [
                (t("facts.name"), one.name),
                (t("facts.phone"), one.phone),
                (t("facts.cpf"), one.cpf),
                (t("facts.email"), one.email),
            ]
            items += [(name, value(v)) for name, v in one.fields.items()]
            pairs([(name, shown) for name, shown in items if shown])

    def _session(self, session: Session) -> None:
        t = self._t
        with node("section", "card"):
            with node("div", "card-head"):
                word("h2", t("facts.session"))
                chip(t.known("outcome", session.state), TONES.get(session.state, "plain"))
            wait = session.wait
            if wait is not None:
                until = wait.deadline.astimezone(ZONE).strftime("%d/%m %H:%M:%S")
                what = t.known("wait", wait.kind) + (f" ({wait.event})" if wait.event else "")
                items = [(t("facts.waits"), what), (t("facts.until"), until)]
                if wait.remind_at is not None:
                    reminder = wait.remind_at.astimezone(ZONE).strftime("%d/%m %H:%M:%S")
                    items.append((t("facts.reminder"), reminder))
                pairs(items)
        for depth, frame in enumerate(session.frames):
            with node("section", "card"):
                with node("div", "card-head"):
                    word("h2", t("facts.frame", n=depth + 1, flow=frame.flow, version=frame.version))
                    word("span", frame.node, "mono")
                if frame.vars:
                    pairs([(name, value(v)) for name, v in frame.vars.items()], "vars")
                else:
                    word("p", t("facts.no_vars"), "quiet")
