"""Who may be the same person: proposals with their evidence, the merge with what comes of it, and the way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import ui

from builder_ui.contacts import words
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.elements.states import chip, empty, pairs
from builder_ui.settings.frame import Hand, Strip, when
from engine.core.errors import TramaError
from engine.services import contact_merge
from engine.services.contact_merge import Duplicate, Preview
from engine.services.views import ContactRow, MergeRow

PAGE = 30


async def merge_dialog(
    hand: Hand, kept: ContactRow, gone: ContactRow, done: Callable[[MergeRow], Awaitable[None]]
) -> None:
    """Show what the two would be, and merge them."""
    t = hand.t
    try:
        seen = await contact_merge.preview(hand.rt, hand.tenant, kept.id, gone.id)
    except TramaError as fault:
        hand.refuse(fault)
        return

    async def merge() -> None:
        row = await hand.do(
            contact_merge.merge(
                hand.rt, hand.tenant, kept.id, gone.id, reason=reason.value or "", person=hand.by.person
            )
        )
        if row is not None:
            dialog.close()
            await done(row)

    with named_dialog(t("ct.merge")) as dialog, node("div", "card dialog"):
        word("h2", t("ct.merge-title", gone=words.name(t, gone), kept=words.name(t, kept)))
        with node("div", "cell-chips"):
            for one in seen.evidence:
                chip(words.evidence(t, one.kind, one.value), "info")
        _outcome(hand, seen)
        reason = ui.input(t("ct.merge-reason")).props("dense outlined maxlength=500")
        with node("div", "dialog-deeds"):
            press(t("settings.cancel"), dialog.close, "ghost")
            if not seen.refused:
                press(t("ct.merge"), merge, "primary", icon="join_inner")
    dialog.open()


def _outcome(hand: Hand, seen: Preview) -> None:
    t, after = hand.t, seen.after
    own = (
        ("name", after.name),
        ("phone", words.phone(after.phone)),
        ("email", after.email),
        ("cpf", words.cpf(after.cpf)),
    )
    pairs(
        [(t(f"ct.{key}"), value) for key, value in own if value]
        + [(t("ct.tags"), ", ".join(after.tags) or "–")]
    )
    word("p", t("ct.merge-moves", names=seen.identities, conversations=seen.conversations), "quiet")
    if seen.closes:
        word("p", t("ct.merge-closes", n=len(seen.closes)), "quiet")
    if seen.refused:
        word("p", t.known("refused", seen.refused), "alert")


class Twins:
    """The card's part: proposals, and merges so far."""

    def __init__(
        self,
        hand: Hand,
        row: ContactRow,
        found: list[Duplicate],
        merges: list[MergeRow],
        strip: Strip,
        changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._hand, self._row, self._strip, self._changed = hand, row, strip, changed
        t = hand.t
        self._may = hand.by.may("contacts:merge")
        merges = [m for m in merges if m.kept_id == row.id]
        if not found and not merges:
            return
        with node("section", "card", aria_label=t("ct.duplicates")):
            word("h2", t("ct.duplicates"))
            with node("ul", "ct-lines"):
                for one in found:
                    self._proposal(one)
                for merge in merges:
                    self._merge(merge)

    def _proposal(self, one: Duplicate) -> None:
        t, other = self._hand.t, one.contact
        with node("li", "ct-line"):
            with node("div", "grow"):
                with node("a", "strong flow-link", href=f"/contacts/{other.id}"):
                    word("span", words.name(t, other))
                for evidence in one.evidence:
                    word("div", words.evidence(t, evidence.kind, evidence.value), "quiet")
            if self._may:
                press(t("ct.two"), lambda: self._two(other), "ghost small")
                press(t("ct.merge"), lambda: self._open(other), "primary small")

    def _merge(self, merge: MergeRow) -> None:
        t = self._hand.t
        with node("li", "ct-line"):
            with node("div", "grow"):
                word("div", t("ct.merged-with", name=merge.gone_name or str(merge.gone_id)))
                said = [words.evidence(t, e.kind, e.value) for e in merge.evidence]
                word("div", " · ".join([when(merge.at), *said]), "quiet")
            if merge.undone_at is not None:
                chip(t("ct.merge-undone"))
            elif self._may:
                press(t("ct.undo-merge"), lambda: self._undo(merge), "ghost small", icon="undo")

    async def _open(self, other: ContactRow) -> None:
        await merge_dialog(self._hand, self._row, other, self._merged)

    async def _merged(self, merge: MergeRow) -> None:
        self._strip.tell(self._hand.t("ct.merged", name=merge.gone_name), lambda: self._undo(merge))
        await self._changed()

    async def _undo(self, merge: MergeRow) -> None:
        hand = self._hand
        await hand.do(
            contact_merge.undo(hand.rt, hand.tenant, merge.id, person=hand.by.person),
            hand.t("ct.merge-undone"),
        )
        await self._changed()

    async def _two(self, other: ContactRow) -> None:
        hand = self._hand
        await hand.do(
            contact_merge.are_two(hand.rt, hand.tenant, self._row.id, other.id, person=hand.by.person),
            hand.t("ct.two-noted"),
        )
        await self._changed()


class Pairs:
    """All duplicates of the base (`/contacts/duplicates`)."""

    def __init__(self, hand: Hand) -> None:
        self._hand, t = hand, hand.t
        self._before = 2**62
        with node("header", "page-head"):
            word("h1", t("ct.duplicates"))
            word("a", t("ct.to-list"), "btn ghost", href="/contacts")
        self._strip = Strip(t)
        self._body = node("div", "cards")
        self._more = press(t("ct.more"), self._next, "ghost ct-more")

    async def load(self) -> None:
        self._before = 2**62
        self._body.clear()
        await self._next()

    async def _next(self) -> None:
        hand, t = self._hand, self._hand.t
        with self._body:
            # over a large base this takes a second
            looking = ui.spinner(size="2em")
        rows = await contact_merge.pairs(hand.rt, hand.tenant, before=self._before, limit=PAGE)
        looking.delete()
        self._more.set_visibility(len(rows) == PAGE)
        with self._body:
            if not rows and self._before == 2**62:
                with node("div", "card teach"):
                    empty("task_alt", t("ct.no-duplicates"), t("ct.no-duplicates-more"))
            for pair in rows:
                self._before = pair.id
                with node("section", "card line-card"):
                    with node("div", "grow ct-pair"):
                        for row in (pair.older, pair.newer):
                            with node("a", "flow-link", href=f"/contacts/{row.id}"):
                                word("span", words.name(t, row), "strong")
                                word("span", f" {words.phone(row.phone)}", "quiet")
                        with node("div", "cell-chips"):
                            for one in pair.evidence:
                                chip(words.evidence(t, one.kind, one.value), "info")
                    press(t("ct.two"), lambda p=pair: self._two(p.older, p.newer), "ghost small")
                    press(t("ct.merge"), lambda p=pair: self._open(p.older, p.newer), "primary small")

    async def _open(self, older: ContactRow, newer: ContactRow) -> None:
        async def merged(row: MergeRow) -> None:
            self._strip.tell(self._hand.t("ct.merged", name=row.gone_name), lambda: self._undo(row))
            await self.load()

        await merge_dialog(self._hand, older, newer, merged)

    async def _undo(self, row: MergeRow) -> None:
        hand = self._hand
        await hand.do(contact_merge.undo(hand.rt, hand.tenant, row.id, person=hand.by.person))
        await self.load()

    async def _two(self, one: ContactRow, other: ContactRow) -> None:
        hand = self._hand
        await hand.do(
            contact_merge.are_two(hand.rt, hand.tenant, one.id, other.id, person=hand.by.person),
            hand.t("ct.two-noted"),
        )
        await self.load()
