"""Ask a question and keep the answer, as a value of the wanted type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.answers import READERS, AnswerType, is_cnpj, is_cpf
from engine.core.events import AnyEvent, MessageReceived, TimerFired
from engine.core.logic import truthy
from engine.core.matching import Option, pick
from engine.core.message import Chosen, Location, Media, Text
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.offer import offer
from engine.core.run import Run
from engine.core.session import Wait
from engine.core.waiting import listen, time_passed

_TYPES = {
    "number": "number", "money": "money", "date": "date", "time": "time", "cpf": "cpf", "cnpj": "cnpj",
    "email": "email", "phone": "phone", "yes_no": "boolean", "rating": "number", "location": "object",
    "media": "object",
}  # fmt: skip
_YES_NO = [Option(id="sim", title="Sim"), Option(id="nao", title="Não")]


class Ask(Node, tag="ask", frozen=True, kw_only=True):
    """Exits: `answered`; `invalid` after `tries` answers that do not fit; `timeout` when none came in time.

    What does not fit is answered with `retry`, and the question stays open. A reminder is sent once.
    """

    palette: ClassVar[Palette] = Palette(
        group="ask",
        icon="help",
        title={"pt-BR": "Perguntar", "en": "Ask"},
        summary={
            "pt-BR": "Faz uma pergunta e guarda a resposta com o tipo certo.",
            "en": "Asks a question and keeps the answer with the right type.",
        },
    )
    waits: ClassVar[bool] = True
    starter: ClassVar[dict[str, Any]] = {"text": "", "save_as": "answer"}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="a CPF, with one slip",
            node={
                "type": "ask",
                "id": "cpf",
                "text": "Qual é o seu CPF?",
                "answer": "cpf",
                "save_as": "cpf",
                "retry": "Não entendi. São 11 números.",
            },
            turns=[
                {"text": "oi", "expect": ["Qual é o seu CPF?"]},
                {"text": "123", "expect": ["Não entendi. São 11 números."]},
                {"text": "529.982.247-25", "exits": ["cpf.answered"], "vars": {"cpf": "52998224725"}},
            ],
        ),
        Example(
            name="no answer in time, after a reminder",
            node={
                "type": "ask",
                "id": "name",
                "text": "Como se chama?",
                "save_as": "name",
                "timeout_minutes": 60,
                "remind_minutes": 10,
                "reminder": "Ainda está aí?",
            },
            turns=[
                {"text": "oi", "expect": ["Como se chama?"]},
                {"advance": "PT15M", "expect": ["Ainda está aí?"]},
                {"advance": "PT2H", "exits": ["name.timeout"]},
            ],
        ),
        Example(
            name="an amount that must not be too small",
            node={
                "type": "ask",
                "id": "pay",
                "text": "Quanto pode pagar?",
                "answer": "money",
                "save_as": "pay",
                "valid": {">=": [{"var": "answer"}, 5000]},
                "retry": "O mínimo é R$ 50,00.",
            },
            turns=[
                {"text": "oi", "expect": ["Quanto pode pagar?"]},
                {"text": "10 reais", "expect": ["O mínimo é R$ 50,00."]},
                {"text": "R$ 150,00", "vars": {"pay": 15000}, "exits": ["pay.answered"]},
            ],
        ),
    )
    ANSWER: ClassVar[str] = "answer"
    """Under this name the validation rule sees the value."""

    text: Annotated[Words, Meta(title="Question")]
    answer: Annotated[AnswerType, Meta(title="Type of answer")] = "text"
    save_as: Annotated[str, Meta(title="Save as", pattern=r"^[a-z][a-z0-9_]*$")]
    options: Annotated[
        list[Option], Meta(title="Options", description="For the type choice.", max_length=30)
    ] = []
    valid: Annotated[Any, Meta(title="Validation", description="A rule; sees the value as `answer`.")] = None
    retry: Annotated[Words, Meta(title="When it does not fit")] = ""
    tries: Annotated[int, Meta(ge=1, le=20, title="Tries")] = 3
    remind_minutes: Annotated[int, Meta(ge=0, le=525_600, title="Remind after (minutes)")] = 0
    reminder: Annotated[Words, Meta(title="Reminder")] = ""
    timeout_minutes: Annotated[int, Meta(ge=1, le=525_600, title="Give up after (minutes)")] = 1440
    check_digits: Annotated[bool, Meta(title="CPF and CNPJ must be valid")] = True
    scale: Annotated[int, Meta(ge=2, le=10, title="Highest rating")] = 5

    def exits(self) -> list[str]:
        return ["answered", "invalid", "timeout"]

    def writes(self) -> dict[str, str]:
        return {self.save_as: _TYPES.get(self.answer, "text")}

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/text", self.text), ("/retry", self.retry), ("/reminder", self.reminder))

    def rules(self) -> Iterable[tuple[str, Any]]:
        return () if self.valid is None else (("/valid", self.valid),)

    def speaks(self) -> bool:
        return True

    def heard(self) -> frozenset[str]:
        return frozenset({"answered", "invalid"})

    def silence(self) -> dict[str, int]:
        return {"timeout": self.timeout_minutes}

    def offers(self) -> Sequence[Option]:
        return self.options

    def enter(self, run: Run) -> Move:
        self._ask(run)
        return self._listen(run)

    def again(self, run: Run, wait: Wait) -> Move:
        return self.enter(run)

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        match event:
            case TimerFired():
                return time_passed(run, event, self.reminder)
            case MessageReceived():
                return self._heard(run, event)
        return None

    def _heard(self, run: Run, event: MessageReceived) -> Move | None:
        value = self._read(run)
        if value is not None and self._fits(run, value):
            run.set(self.save_as, value)
            return Go("answered")
        if event.early:
            return None
        tries = run.memory["tries"] = run.memory.get("tries", 0) + 1
        if tries >= self.tries:
            return Go("invalid", f"{tries} tries")
        if self.retry:
            run.send(Text(run.text(self.retry)))
        else:
            self._ask(run)
        return self._listen(run)

    def _ask(self, run: Run) -> None:
        words = run.text(self.text)
        if self.answer == "choice":
            run.send(offer(words, self.options, run.limits))
        elif self.answer == "yes_no":
            run.send(offer(words, _YES_NO, run.limits))
        else:
            run.send(Text(words))

    def _listen(self, run: Run) -> Move:
        return listen(run, self.timeout_minutes, self.remind_minutes, self.reminder)

    def _read(self, run: Run) -> Any:
        last = run.contents[-1]
        if self.answer == "location":
            return next(
                ({"latitude": c.latitude, "longitude": c.longitude, "name": c.name, "address": c.address}
                 for c in reversed(run.contents) if isinstance(c, Location)), None,
            )  # fmt: skip
        if self.answer == "media":
            return next(
                ({"kind": c.kind, "url": c.url, "ref": c.ref, "stored": c.stored, "mime": c.mime, "name": c.filename}
                 for c in reversed(run.contents) if isinstance(c, Media)), None,
            )  # fmt: skip
        said = (
            last.id if isinstance(last, Chosen) and self.answer in ("choice", "yes_no") else run.text_said()
        )
        if self.answer == "choice":
            chosen = pick(self.options, said) or pick(self.options, run.text_said())
            return chosen.id if chosen else None
        if self.answer == "yes_no" and said in ("sim", "nao"):
            return said == "sim"
        value = READERS[self.answer](said, run.local)
        return self._checked(value)

    def _checked(self, value: Any) -> Any:
        match self.answer:
            case "cpf" if value is not None and self.check_digits and not is_cpf(value):
                return None
            case "cnpj" if value is not None and self.check_digits and not is_cnpj(value):
                return None
            case "rating" if value is not None and not 1 <= value <= self.scale:
                return None
        return value

    def _fits(self, run: Run, value: Any) -> bool:
        if self.valid is None:
            return True
        return truthy(run.rule_with(self.valid, {self.ANSWER: value}))
