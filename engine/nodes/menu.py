"""Offer options, each with its own exit. Pressed, numbered or typed in free words: all reach the same exit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.case import Case
from engine.core.events import AnyEvent, MessageReceived, TimerFired
from engine.core.logic import truthy
from engine.core.matching import Option, pick
from engine.core.message import Chosen, Text
from engine.core.node import Example, Go, Look, Move, Node, Palette, Problem, Words
from engine.core.offer import offer
from engine.core.run import Run
from engine.core.session import Wait
from engine.core.waiting import listen, time_passed

_OPTIONS = [
    {"id": "invoice", "title": "Segunda via", "synonyms": ["boleto", "fatura"]},
    {"id": "person", "title": "Falar com alguém", "synonyms": ["atendente"]},
]


class Menu(Node, tag="menu", frozen=True, kw_only=True):
    """Exits: one for each option's id and each of `cases`, then `other` (nothing fitted after `tries`) and `timeout`.

    `cases` are rules for what may be typed besides the options (a CPF, a link): looked at when no option fits.
    """

    palette: ClassVar[Palette] = Palette(
        group="ask",
        icon="list",
        title={"pt-BR": "Menu", "en": "Menu"},
        summary={
            "pt-BR": "Oferece opções como botões, lista ou números; entende também texto livre.",
            "en": "Offers options as buttons, list or numbers; understands free typing too.",
        },
    )
    waits: ClassVar[bool] = True
    starter: ClassVar[dict[str, Any]] = {
        "text": "",
        "options": [{"id": "option_1", "title": ""}, {"id": "option_2", "title": ""}],
    }
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="typed in other words",
            node={"type": "menu", "id": "menu", "text": "Como posso ajudar?", "options": _OPTIONS},
            turns=[
                {"text": "oi", "expect": ["Como posso ajudar?"]},
                {"text": "quero meu BOLETO por favor", "exits": ["menu.invoice"]},
            ],
        ),
        Example(
            name="pressed",
            node={"type": "menu", "id": "menu", "text": "Como posso ajudar?", "options": _OPTIONS},
            turns=[{"text": "oi"}, {"button": "person", "exits": ["menu.person"]}],
        ),
        Example(
            name="nothing that fits",
            node={
                "type": "menu",
                "id": "menu",
                "text": "Escolha:",
                "options": _OPTIONS,
                "tries": 2,
                "retry": "Use os botões.",
            },
            turns=[
                {"text": "oi"},
                {"text": "qual o sentido da vida?", "expect": ["Use os botões.", "Escolha:"]},
                {"text": "?", "exits": ["menu.other"]},
            ],
        ),
        Example(
            name="something else that is understood",
            node={
                "type": "menu",
                "id": "menu",
                "text": "Escolha:",
                "options": _OPTIONS,
                "cases": [{"exit": "cpf", "when": {"matches": [{"var": "message.text"}, "^[0-9]{11}$"]}}],
            },
            turns=[{"text": "oi"}, {"text": "52998224725", "exits": ["menu.cpf"]}],
        ),
        Example(
            name="numbers where the channel has no buttons",
            node={"type": "menu", "id": "menu", "text": "Escolha:", "options": _OPTIONS},
            world={"limits": {"buttons": 0, "rows": 0}},
            turns=[
                {"text": "oi", "expect": ["~*2* - Falar com alguém"]},
                {"text": "2", "exits": ["menu.person"]},
            ],
        ),
    )

    text: Annotated[Words, Meta(title="Text")]
    options: Annotated[list[Option], Meta(title="Options", min_length=1, max_length=30)]
    cases: Annotated[list[Case], Meta(title="What else may be typed", max_length=20)] = []
    button: Annotated[str, Meta(title="Button that opens the list", max_length=20)] = "Ver opções"
    retry: Annotated[Words, Meta(title="When nothing fits")] = ""
    tries: Annotated[int, Meta(ge=1, le=20, title="Tries")] = 3
    save_as: Annotated[str, Meta(title="Save the choice as", pattern=r"^([a-z][a-z0-9_]*)?$")] = ""
    remind_minutes: Annotated[int, Meta(ge=0, le=525_600, title="Remind after (minutes)")] = 0
    reminder: Annotated[Words, Meta(title="Reminder")] = ""
    timeout_minutes: Annotated[int, Meta(ge=1, le=525_600, title="Give up after (minutes)")] = 1440

    def exits(self) -> list[str]:
        return [*(o.id for o in self.options), *(c.exit for c in self.cases), "other", "timeout"]

    def writes(self) -> dict[str, str]:
        return {self.save_as: "text"} if self.save_as else {}

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/text", self.text), ("/retry", self.retry), ("/reminder", self.reminder))

    def check(self, look: Look) -> Iterable[Problem]:
        taken = {"other", "timeout"}
        named = [(f"/options/{n}/id", o.id) for n, o in enumerate(self.options)]
        named += [(f"/cases/{n}/exit", c.exit) for n, c in enumerate(self.cases)]
        for path, name in named:
            if name in taken:
                yield Problem(
                    code="menu:same-exit",
                    severity="error",
                    node=self.id,
                    path=path,
                    detail=f"another exit of this menu is called {name!r}",
                )
            taken.add(name)

    def speaks(self) -> bool:
        return True

    def heard(self) -> frozenset[str]:
        return frozenset(self.exits()) - {"timeout"}

    def rules(self) -> Iterable[tuple[str, Any]]:
        return ((f"/cases/{n}/when", case.when) for n, case in enumerate(self.cases))

    def silence(self) -> dict[str, int]:
        return {"timeout": self.timeout_minutes}

    def offers(self) -> Sequence[Option]:
        return self.options

    def enter(self, run: Run) -> Move:
        run.send(offer(run.text(self.text), self.options, run.limits, button=self.button))
        return self._listen(run)

    def again(self, run: Run, wait: Wait) -> Move:
        return self.enter(run)

    def _listen(self, run: Run) -> Move:
        return listen(run, self.timeout_minutes, self.remind_minutes, self.reminder)

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        match event:
            case TimerFired():
                return time_passed(run, event, self.reminder)
            case MessageReceived(early=early):
                return self._heard(run, early)
        return None

    def _heard(self, run: Run, early: bool) -> Move | None:
        last = run.contents[-1]
        hit = pick(self.options, last.id) if isinstance(last, Chosen) else None
        hit = hit or pick(self.options, run.text_said())
        if hit is not None:
            if self.save_as:
                run.set(self.save_as, hit.id)
            return Go(hit.id)
        for case in self.cases:
            if truthy(run.rule(case.when)):
                return Go(case.exit, f"case {case.exit}")
        if early:
            return None
        tries = run.memory["tries"] = run.memory.get("tries", 0) + 1
        if tries >= self.tries:
            return Go("other", f"{tries} tries")
        if self.retry:
            run.send(Text(run.text(self.retry)))
        return self.enter(run)
