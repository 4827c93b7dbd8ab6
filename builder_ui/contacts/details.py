"""What is known of a contact, each value in its field, saved when it is left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
from nicegui import ui

from builder_ui.contacts import words
from builder_ui.elements.native import node, word
from builder_ui.settings.frame import Hand, Strip
from engine.services import contacts
from engine.services.contacts import Change
from engine.services.views import ContactRow, FieldRow, TagRow

OWN = ("name", "phone", "email", "cpf", "language")


class Details:
    """`changed` is called after each change, with the contact as it is then."""

    def __init__(
        self,
        hand: Hand,
        row: ContactRow,
        fields: list[FieldRow],
        tags: list[TagRow],
        strip: Strip,
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._hand, self._row, self._strip, self._changed = hand, row, strip, changed
        t = hand.t
        self._may = hand.by.may("contacts:write") and row.state == "active"
        with node("section", "card", aria_label=t("ct.details")):
            word("h2", t("ct.details"))
            with node("div", "fields"):
                for key in OWN:
                    self._text(key, t(f"ct.{key}"), self._shown(key), partial(_own, key))
            with node("div", "labelled"):
                self._tags(tags)
        left = sorted(row.fields.keys() - {f.key for f in fields})
        if fields or left:
            with node("section", "card", aria_label=t("ct.own-fields")):
                word("h2", t("ct.own-fields"))
                with node("div", "fields"):
                    for field in fields:
                        self._field(field)
                if left:
                    # what flows wrote down and nobody declared is shown, and changed by nobody here
                    with node("dl", "pairs"):
                        for key in left:
                            word("dt", key)
                            word("dd", words.value(t, None, row.fields[key]))

    def _shown(self, key: str) -> str:
        kept: str = getattr(self._row, key)
        return {"phone": words.phone, "cpf": words.cpf}.get(key, str)(kept)

    def _text(
        self, key: str, label: str, shown: str, change: Callable[[str], dict[str, Any]], kind: str = "text"
    ) -> None:
        field = ui.input(label, value=shown).props("dense outlined maxlength=2000")
        if kind in ("number", "money"):
            field.props["inputmode"] = "decimal"
        if kind == "date":
            field.props["placeholder"] = "31/12/2026"
        if not self._may:
            field.props["readonly"] = True

        async def keep() -> None:
            if (field.value or "") != shown:
                await self._keep(change(field.value or ""))

        field.on("blur", keep, args=[])
        field.on("keydown.enter", keep, args=[])

    def _field(self, field: FieldRow) -> None:
        t, kept = self._hand.t, self._row.fields.get(field.key)
        if field.kind in ("choice", "yes_no"):
            options: dict[Any, str] = {"": "–"}
            if field.kind == "choice":
                options |= {o: o for o in field.options}
                if isinstance(kept, str):
                    options.setdefault(kept, kept)
            else:
                options |= {"yes": t("ct.yes"), "no": t("ct.no")}
            present = ("yes" if kept else "no") if isinstance(kept, bool) else kept or ""
            made = ui.select(options, label=field.label, value=present if present in options else "").props(
                "dense outlined options-dense"
            )
            if not self._may:
                made.props["readonly"] = True

            async def chosen() -> None:
                given = {"yes": True, "no": False}.get(made.value, made.value or None)
                await self._keep({"fields": {field.key: given}})

            made.on_value_change(chosen)
            return
        shown = "" if kept is None else words.value(t, field, kept)
        self._text(
            field.key, field.label, shown, lambda v: {"fields": {field.key: v or None}}, kind=field.kind
        )

    def _tags(self, tags: list[TagRow]) -> None:
        row = self._row
        known = list(dict.fromkeys([*(tag.name for tag in tags), *row.tags]))
        chosen = ui.select(
            known,
            label=self._hand.t("ct.tags"),
            value=list(row.tags),
            multiple=True,
            new_value_mode="add-unique",
        ).props("dense outlined use-chips use-input options-dense input-debounce=0")
        if not self._may:
            chosen.props["readonly"] = True

        async def keep() -> None:
            if list(chosen.value or []) != row.tags:
                await self._keep({"tags": list(chosen.value or [])})

        chosen.on_value_change(keep)

    async def _keep(self, change: dict[str, Any]) -> None:
        hand, before = self._hand, self._row
        card = await hand.do(
            contacts.change(
                hand.rt, hand.tenant, before.id, Change(rev=before.rev, **change), person=hand.by.person
            )
        )
        if card is None:
            return
        if card.contact.rev != before.rev:
            self._strip.tell(hand.t("ct.saved"), lambda: self._back(before, card.contact, change))
        await self._changed()

    async def _back(self, before: ContactRow, after: ContactRow, change: dict[str, Any]) -> None:
        """What the change had replaced stands there again."""
        hand = self._hand
        old: dict[str, Any] = {k: getattr(before, k) for k in change if k != "fields"}
        if "fields" in change:
            old["fields"] = {k: before.fields.get(k) for k in change["fields"]}
        await hand.do(
            contacts.change(
                hand.rt,
                hand.tenant,
                before.id,
                msgspec.convert({**old, "rev": after.rev}, Change),
                person=hand.by.person,
            )
        )
        await self._changed()


def _own(key: str, value: str) -> dict[str, Any]:
    return {key: value}
