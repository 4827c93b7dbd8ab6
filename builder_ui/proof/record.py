"""One click: a conversation that took place becomes a test of the flow."""

from __future__ import annotations

import msgspec
from nicegui import ui

from builder_ui.editor.desk import Desk
from builder_ui.elements.native import node, press, word
from builder_ui.texts import Texts
from engine.core.edit.commands import SetFlow
from engine.core.errors import TramaError
from engine.services import recording
from engine.services.recording import Recorded


async def record_test(desk: Desk, conversation: int) -> bool:
    """Read the conversation, show what was replaced or differs, and save it under a name. Whether it was saved. Call it
    inside a slot that stays."""
    t = desk.t
    try:
        made = await recording.record(desk.rt, desk.principal.tenant, conversation, desk.document.id)
    except TramaError as fault:
        ui.notify(refusal(t, fault), type="warning")
        return False
    name = await _confirmed(desk, made, t("proof.try.default_name", date=f"#{conversation}"))
    if name is None:
        return False
    test = msgspec.structs.replace(made.test, name=name)
    command = SetFlow(path="/tests/-", value=msgspec.to_builtins(test))
    if not await desk.do(command, words=t("proof.try.to_test")):
        return False
    ui.notify(t("proof.try.test_saved", name=name), type="positive")
    return True


def refusal(t: Texts, fault: TramaError) -> str:
    """Why a conversation could not become a test."""
    match fault.code:
        case "recording:other-flow":
            return t("proof.record.other_flow", flow=fault.detail)
        case "recording:nothing":
            return t("proof.record.nothing")
        case "conversation:unknown":
            return t("proof.record.unknown")
    return t("proof.try.refused", detail=fault.detail or fault.code)


async def _confirmed(desk: Desk, made: Recorded, name: str) -> str | None:
    t = desk.t
    with ui.dialog() as dialog, node("div", "proof-dialog", role="document"):
        word("h2", t("proof.try.to_test"))
        line = ui.input(label=t("proof.try.test_name"), value=name).props("dense outlined")
        line.on("keydown.enter", lambda: dialog.submit(line.value), args=[])
        with node("ul", "record-notes"):
            for note in made.notes:
                word("li", t(f"proof.note.{note.kind}", **note.about))
        with node("div", "proof-actions"):
            press(t("proof.try.cancel"), lambda: dialog.submit(None), "ghost")
            press(t("proof.try.save"), lambda: dialog.submit(line.value), "primary")
    found = await dialog
    dialog.delete()
    return str(found).strip() or None if found else None
