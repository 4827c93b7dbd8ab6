"""The form of a person: let somebody in, or change name and roles."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.settings.frame import Hand, shown_once
from builder_ui.texts import LANGUAGES
from engine.services import people
from engine.services.permissions import ROLES, Role
from engine.services.views import Person


class PersonForm:
    def __init__(self, hand: Hand, done: Callable[[], Awaitable[None]]) -> None:
        self._hand, self._done = hand, done

    def add(self) -> None:
        hand, t = self._hand, self._hand.t

        async def save() -> None:
            made = await hand.do(
                people.add(
                    hand.rt,
                    hand.by,
                    email.value or "",
                    name.value or "",
                    _chosen(boxes),
                    language=str(language.value),
                    invite=bool(invite.value),
                )
            )
            if made is None:
                return
            dialog.close()
            await self._done()
            if made.invited:
                ui.notify(t("people.invited", email=made.person.email), position="bottom", timeout=5000)
            else:
                more = t("people.not-invited") if invite.value else t("people.one-time-more")
                shown_once(t, t("people.one-time", name=made.person.name), more, made.password)

        with named_dialog(t("people.add")) as dialog, node("div", "card dialog"):
            word("h2", t("people.add"))
            name = ui.input(t("people.name")).props("dense outlined autofocus maxlength=120")
            email = ui.input(t("people.email")).props("dense outlined type=email maxlength=320")
            boxes = _roles(hand, ["agent"])
            language = ui.select(LANGUAGES, value="pt-BR", label=t("me.language")).props("dense outlined")
            invite = ui.switch(t("people.invite"), value=True)
            word("p", t("people.invite-more"), "quiet")
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("people.add"), save, "primary")
        dialog.open()

    def edit(self, row: Person) -> None:
        hand, t = self._hand, self._hand.t

        async def save() -> None:
            changed = await hand.do(
                people.change(hand.rt, hand.by, row.id, name=name.value or "", roles=_chosen(boxes)),
                t("settings.saved"),
            )
            if changed is not None:
                dialog.close()
                await self._done()

        title = t("people.edit-of", name=row.name)
        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            word("p", row.email, "quiet")
            name = ui.input(t("people.name"), value=row.name).props("dense outlined autofocus maxlength=120")
            boxes = _roles(hand, row.roles)
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("settings.save"), save, "primary")
        dialog.open()


def _roles(hand: Hand, held: list[str]) -> dict[Role, ui.checkbox]:
    t = hand.t
    boxes: dict[Role, ui.checkbox] = {}
    with node("div", "roles", role="group", aria_label=t("people.roles")):
        word("div", t("people.roles"), "dialog-label")
        for role in ROLES:
            with node("div", "role"):
                boxes[role] = ui.checkbox(t(f"role.{role}"), value=role in held).props("dense")
                word("p", t(f"role-more.{role}"), "quiet")
    return boxes


def _chosen(boxes: dict[Role, ui.checkbox]) -> list[Role]:
    return [role for role, box in boxes.items() if box.value]
