"""The keys of the inbox: what each does, for the sheet behind `?` and the palette."""

from __future__ import annotations

from builder_ui.elements.native import named_dialog, node, press, word
from builder_ui.texts import Texts

KEYS: tuple[tuple[str, str], ...] = (
    ("j k", "move"), ("Enter", "open"), ("u", "back"), ("g n", "next"), ("g m", "mine"), ("g w", "queue"),
    ("/", "search"), ("r", "reply"), ("n", "note"), ("/", "canned"), ("Enter", "send"), ("Shift Enter", "line"),
    ("e", "take"), ("t", "transfer"), ("s", "snooze"), ("c", "close"), ("p", "panel"), ("Ctrl K", "palette"),
    ("Esc", "leave"), ("?", "help"),
)  # fmt: skip
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
