"""Fields and tags of contacts (`/contacts/fields`)."""

from __future__ import annotations

import re
from typing import get_args

from nicegui import ui

from builder_ui.contacts import words
from builder_ui.elements.chooser import fold
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip, empty
from builder_ui.settings.frame import Hand, Strip
from engine.core.errors import TramaError
from engine.services import contact_fields
from engine.services.contact_fields import FieldChange
from engine.services.views import FieldKind, FieldRow, TagRow

KINDS: tuple[FieldKind, ...] = get_args(FieldKind)


class Declaring:
    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        with node("header", "page-head"):
            word("h1", t("ct.fields-and-tags"))
            word("a", t("ct.to-list"), "btn ghost", href="/contacts")
        self._strip = Strip(t)
        with node("div", "ct-card"):
            self._fields, self._tags = node("div", "cards"), node("div", "cards")

    async def load(self) -> None:
        hand, t = self._hand, self._hand.t
        fields = await contact_fields.fields(hand.rt, hand.tenant, archived=True)
        tags = await contact_fields.tags(hand.rt, hand.tenant)
        may = hand.by.may("settings:write")
        self._fields.clear()
        with self._fields, node("section", "card", aria_label=t("ct.own-fields")):
            with node("div", "card-head"):
                word("h2", t("ct.own-fields"))
                node("div", "grow")
                if may:
                    press(t("ct.add-field"), lambda: self._form(None, len(fields)), "ghost", icon="add")
            if not fields:
                empty("list_alt", t("ct.no-fields"), t("ct.no-fields-more"))
            with node("ul", "ct-lines"):
                for field in fields:
                    self._field(field, may)
        self._tags.clear()
        with self._tags, node("section", "card", aria_label=t("ct.tags")):
            with node("div", "card-head"):
                word("h2", t("ct.tags"))
                node("div", "grow")
                if hand.by.may("contacts:write"):
                    press(t("ct.add-tag"), lambda: self._tag_form(None), "ghost", icon="add")
            if not tags:
                empty("sell", t("ct.no-tags"), t("ct.no-tags-more"))
            with node("ul", "ct-lines"):
                for tag in tags:
                    self._tag(tag)

    def _field(self, field: FieldRow, may: bool) -> None:
        t = self._hand.t
        with node("li", "ct-line"):
            with node("div", "grow"):
                with node("div", "card-head"):
                    word("span", field.label, "strong")
                    if field.archived:
                        chip(t("ct.archived"))
                options = f" · {', '.join(field.options)}" if field.options else ""
                word("div", f"{t(f'ct.fieldkind.{field.kind}')} · {field.key}{options}", "quiet ct-cut")
            if may and field.archived:
                press(t("ct.bring-back"), lambda: self._archive(field, archived=False), "ghost small")
            elif may:
                press(t("settings.edit"), lambda: self._form(field, field.position), "ghost small")
                label = t("ct.archive-field", name=field.label)
                press("", lambda: self._archive(field), "round", icon="archive", label=label)

    async def _archive(self, field: FieldRow, *, archived: bool = True) -> None:
        hand = self._hand
        await hand.do(
            contact_fields.archive(hand.rt, hand.tenant, field.key, archived=archived, person=hand.by.person)
        )
        if archived:
            self._strip.tell(
                hand.t("ct.field-archived", name=field.label), lambda: self._archive(field, archived=False)
            )
        await self.load()

    def _form(self, field: FieldRow | None, position: int) -> None:
        hand, t = self._hand, self._hand.t
        title = t("ct.add-field") if field is None else t("ct.edit-field", name=field.label)

        async def save() -> None:
            change = FieldChange(
                label=label.value or "",
                kind=kind.value,
                options=(options.value or "").splitlines(),
                position=position,
            )
            key = field.key if field else key_of(label.value or "")
            if await hand.do(
                contact_fields.save(hand.rt, hand.tenant, key, change, person=hand.by.person),
                t("settings.saved"),
            ):
                dialog.close()
                await self.load()

        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            label = ui.input(t("ct.field-label"), value=field.label if field else "").props(
                "dense outlined autofocus maxlength=80"
            )
            kind = ui.select(
                {k: t(f"ct.fieldkind.{k}") for k in KINDS},
                value=field.kind if field else "text",
                label=t("ct.field-kind"),
            ).props("dense outlined")
            options = ui.textarea(
                t("ct.field-options"), value="\n".join(field.options) if field else ""
            ).props("dense outlined autogrow maxlength=4000")
            options.bind_visibility_from(kind, "value", value="choice")
            with node("div", "dialog-deeds"):
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("settings.save"), save, "primary")
        dialog.open()

    def _tag(self, tag: TagRow) -> None:
        t = self._hand.t
        with node("li", "ct-line"):
            with node("div", "grow card-head"):
                chip(tag.name, words.tones([tag])[tag.name])
                word("span", t("ct.tag-on", n=tag.contacts), "quiet")
            if self._hand.by.may("contacts:merge"):
                press(t("settings.edit"), lambda: self._tag_form(tag), "ghost small")

    def _tag_form(self, tag: TagRow | None) -> None:
        hand, t = self._hand, self._hand.t
        title = t("ct.add-tag") if tag is None else t("ct.edit-tag", name=tag.name)
        who = hand.by.person

        async def save() -> None:
            wanted = (name.value or "").strip()
            if tag is not None and wanted and wanted != tag.name:
                renamed = await hand.do(
                    contact_fields.rename_tag(hand.rt, hand.tenant, tag.name, wanted, person=who)
                )
                if renamed is None:
                    return
            try:
                await contact_fields.save_tag(hand.rt, hand.tenant, wanted, color.value, person=who)
            except TramaError as fault:
                hand.refuse(fault)
                return
            dialog.close()
            await self.load()

        async def drop() -> None:
            assert tag is not None
            await hand.do(contact_fields.drop_tag(hand.rt, hand.tenant, tag.name, person=who))
            dialog.close()
            await self.load()

        with named_dialog(title) as dialog, node("div", "card dialog"):
            word("h2", title)
            name = ui.input(t("ct.name"), value=tag.name if tag else "").props(
                "dense outlined autofocus maxlength=60"
            )
            shown = words.tones([tag])[tag.name] if tag else "plain"
            color = ui.select(
                {c: t(f"ct.color.{c}") for c in words.COLORS}, value=shown, label=t("ct.color")
            ).props("dense outlined")
            with node("div", "dialog-deeds"):
                if tag is not None:
                    press(t("ct.drop-tag", n=tag.contacts), drop, "ghost ct-danger")
                press(t("settings.cancel"), dialog.close, "ghost")
                press(t("settings.save"), save, "primary")
        dialog.open()


def key_of(label: str) -> str:
    """A key that flows can name the field by: `Data de nascimento` is `data_de_nascimento`."""
    key = "_".join(re.findall(r"[a-z0-9]+", fold(label)))[:40]
    return key if key[:1].isalpha() else f"f_{key}"[:40]
