"""The keys of the inbox: what each does, for the sheet behind `?` and the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder_ui.elements.chooser import Choice, Chooser, fold
from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.texts import Texts
from engine.services.views import View

if TYPE_CHECKING:
    from builder_ui.inbox.inbox import Inbox

KEYS: tuple[tuple[str, str], ...] = (
    ("j k", "move"), ("Enter", "open"), ("u", "back"), ("g n", "next"), ("g m", "mine"), ("g w", "queue"),
    ("/", "search"), ("r", "reply"), ("n", "note"), ("/", "canned"), ("Enter", "send"), ("Shift Enter", "line"),
    ("e", "take"), ("t", "transfer"), ("s", "snooze"), ("c", "close"), ("p", "panel"), ("Ctrl K", "palette"),
    ("Esc", "leave"), ("?", "help"),
)  # fmt: skip
GO: dict[str, View] = {
    "go-mine": "mine", "go-queue": "queue", "go-all": "all", "go-bot": "bot", "go-snoozed": "snoozed",
    "go-closed": "closed",
}  # fmt: skip
"""Views by the key after `g`."""
CHOICES = ("notices", "sound", "enter")


def sheet(t: Texts) -> None:
    """Keys, and what one may switch on."""
    with named_dialog(t("ib.keys.title")) as dialog, node("div", "card ib-dialog"):
        word("h2", t("ib.keys.title"))
        with node("dl", "ib-keys"):
            for key, name in KEYS:
                with node("dt"):
                    for part in key.split():
                        word("kbd", part)
                word("dd", t(f"ib.keys.{name}"))
        word("h2", t("ib.choices"))
        for name in CHOICES:
            with node(
                "button", "ib-choice", type="button", role="switch", aria_checked="false", data_choice=name
            ):
                node("span", "ib-switch", aria_hidden="true")
                word("span", t(f"ib.choice.{name}"))
        with node("div", "ib-dialog-foot"):
            press(t("ib.shut"), dialog.close, "primary")
    dialog.on("hide", dialog.delete)
    dialog.open()


def palette(desk: Inbox) -> None:
    """Everything that can be done, by a few letters."""
    t, acts = desk.t, desk.acts
    deeds: list[tuple[str, str, Any, str]] = [
        ("arrow_forward", t("ib.next"), desk.next, "g n"),
        *(
            (f"{'list'}", t(f"ib.view.{view}"), lambda v=view: desk.list.choose(v), "")
            for view in GO.values()
        ),
        ("keyboard", t("ib.keys.title"), desk.help, "?"),
    ]
    if desk.row is not None:
        deeds += [
            ("back_hand", t("ib.take"), acts.take, "e"),
            ("forward", t("ib.transfer"), acts.transfer, "t"),
            ("snooze", t("ib.snooze"), acts.snooze, "s"),
            ("check", t("ib.close"), acts.close, "c"),
            ("sell", t("ib.tags"), acts.tags, ""),
            ("account_tree", t("ib.flow"), acts.flow, ""),
            ("swap_horiz", t("ib.move"), acts.move, ""),
            ("verified", t("ib.templates"), acts.templates, ""),
            ("bolt", t("ib.canned"), acts.canned, ""),
            ("smart_toy", t("ib.give_back"), acts.give_back, ""),
        ]
    choices = [Choice(deed, icon, title, key=key) for icon, title, deed, key in deeds]

    def sift(typed: str) -> list[Choice]:
        wanted = fold(typed).split()
        return [c for c in choices if all(w in fold(c.title) for w in wanted)]

    desk.dialogs.clear()
    with desk.dialogs:
        Chooser(t("ib.palette"), sift, lambda deed: deed(), nothing=t("ib.nothing")).open()
