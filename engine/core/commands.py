"""The global commands that a new company begins with; it may change them in its settings.

They name ready-made flows (`flows/`): a company without those flows hands such words to its own triggers by changing
the list.
"""

from __future__ import annotations

from engine.core.world import Command

READY_MADE: list[Command] = [
    Command(words=["menu", "início"], action="replace", flow="main_menu"),
    Command(words=["ajuda", "help"], action="over", flow="help"),
    Command(words=["atendente", "humano", "falar com atendente"], action="replace", flow="to_person"),
    Command(words=["sair"], action="replace", flow="opt_out"),
]
