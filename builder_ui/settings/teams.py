"""Teams (`/settings/teams`): people who serve queues together."""

from __future__ import annotations

from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import empty
from builder_ui.settings.frame import Hand, Strip, part
from engine.services import people, teams
from engine.services.demo import Demo
from engine.services.runtime import Runtime
from engine.services.views import TeamRow

PATH = "/settings/teams"


def register(rt: Runtime, demo: Demo | None) -> None:
    part(rt, demo, PATH, "settings.teams", lambda hand: Listing(hand).load())


class Listing:
    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        self._may = hand.by.may("people:write")
        self._names: dict[int, str] = {}
        with node("header", "page-head"):
            word("h1", t("settings.teams"))
            if self._may:
                press(t("teams.add"), lambda: self._form(None), "primary", icon="group_add")
        self._strip = Strip(t)
        self._body = node("div", "cards")

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        everyone = await people.people(hand.rt, hand.tenant)
        self._names = {person.id: person.name for person in everyone if person.state == "active"}
        known = {person.id: person.name for person in everyone}
        rows = await teams.teams(hand.rt, hand.tenant)
        self._body.clear()
        with self._body:
            if not rows:
                with node("div", "card teach"):
                    empty("groups", t("teams.none"), t("teams.none-more"))
            for row in rows:
                with node("section", "card line-card"):
                    with node("div", "grow"):
                        word("h2", row.name)
                        names = ", ".join(known.get(m, str(m)) for m in row.members)
                        word("p", names or t("teams.nobody"), "quiet")
                    if self._may:
                        press(t("settings.edit"), lambda _, row=row: self._form(row), "ghost")
                        press(
                            "",
                            lambda _, row=row: self._remove(row),
                            "round",
                            icon="delete",
                            label=t("teams.remove", name=row.name),
                        )

    def _form(self, row: TeamRow | None) -> None:
        hand, t = self._hand, self._hand.t
        title = t("teams.add") if row is None else t("teams.edit", name=row.name)

        async def save() -> None:
            chosen = [int(ident) for ident in members.value or []]
            deed = (
                teams.create(hand.rt, hand.tenant, name.value or "", chosen, person=hand.by.person)
                if row is None
                else teams.change(
                    hand.rt,
                    hand.tenant,
                    row.id,
                    name=name.value or "",
                    members=chosen,
                    person=hand.by.person,
                )
            )
            if await hand.do(deed, t("settings.saved")) is not None:
                dialog.close()
                await self.load()

        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            name = ui.input(t("teams.name"), value=row.name if row else "").props(
                "dense outlined autofocus maxlength=120"
            )
            held = [m for m in row.members if m in self._names] if row else []
            members = ui.select(
                self._names, value=held, multiple=True, with_input=True, label=t("teams.members")
            ).props("dense outlined use-chips")
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("settings.save"), save, "primary")
        dialog.open()

    async def _remove(self, row: TeamRow) -> None:
        hand, t = self._hand, self._hand.t
        gone = await hand.do(teams.remove(hand.rt, hand.tenant, row.id, person=hand.by.person))
        if gone is None:
            return
        await self.load()

        async def again() -> None:
            await hand.do(
                teams.create(hand.rt, hand.tenant, gone.name, gone.members, person=hand.by.person),
                t("settings.saved"),
            )
            await self.load()

        self._strip.tell(t("teams.removed", name=row.name), again)
