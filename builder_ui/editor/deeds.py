"""What a command is called in the history of undo."""

from __future__ import annotations

from builder_ui.texts import Texts
from engine.core.edit import commands as cmd


def deed(command: cmd.Command, t: Texts) -> str:
    match command:
        case cmd.Batch(commands=[only]):
            return deed(only, t)
        case cmd.Batch(commands=many):
            return t("deed.batch", n=len(many))
        case cmd.Move(to=to):
            return t("deed.move", n=len(to))
        case cmd.AddNode() | cmd.RemoveNode() | cmd.RenameNode() | cmd.SetNode():
            return t(f"deed.{_tag(command)}")
        case cmd.SetFlow(path=path):
            return t("deed.set_flow", what=t.known("flowpart", path.split("/")[1]))
        case _:
            return t(f"deed.{_tag(command)}")


def _tag(command: cmd.Command) -> str:
    return str(command.__struct_config__.tag)
