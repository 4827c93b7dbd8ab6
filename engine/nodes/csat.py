"""Ask how it went, from 1 to 5, and for a comment when it did not go well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from engine.core.answers import read_rating
from engine.core.effects import RecordRating
from engine.core.events import AnyEvent, MessageReceived, TimerFired
from engine.core.matching import Option
from engine.core.message import Chosen, Text
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.offer import offer
from engine.core.run import Run
from engine.core.session import Wait
from engine.core.waiting import listen

_STARS = [Option(id=str(n), title="⭐" * n) for n in range(5, 0, -1)]


class Csat(Node, tag="csat", frozen=True, kw_only=True):
    """Exits: `happy` (4 and 5), `unhappy` (1 to 3, after the comment), `skipped` (no rating in time, or twice
    something else). The rating is recorded with the comment, once."""

    palette: ClassVar[Palette] = Palette(
        group="people",
        icon="star",
        title={"pt-BR": "Pesquisa de satisfação", "en": "Satisfaction rating"},
        summary={"pt-BR": "Nota de 1 a 5, com comentário.", "en": "Rating from 1 to 5, with a comment."},
    )
    waits: ClassVar[bool] = True
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="happy",
            node={"type": "csat", "id": "rate"},
            turns=[
                {"text": "oi"},
                {
                    "text": "nota 5",
                    "effects": ["record_rating"],
                    "exits": ["rate.happy"],
                    "vars": {"rating": 5},
                },
            ],
        ),
        Example(
            name="unhappy, with the reason",
            node={"type": "csat", "id": "rate", "comment": "O que faltou?"},
            turns=[
                {"text": "oi"},
                {"text": "2", "expect": ["O que faltou?"], "exits": []},
                {"text": "demorou demais", "effects": ["record_rating"], "exits": ["rate.unhappy"]},
            ],
        ),
        Example(
            name="no answer",
            node={"type": "csat", "id": "rate"},
            turns=[{"text": "oi"}, {"advance": "P1D", "exits": ["rate.skipped"]}],
        ),
    )

    text: Annotated[Words, Meta(title="Question")] = "De 1 a 5, como foi o atendimento?"
    comment: Annotated[Words, Meta(title="Question after a low rating")] = "O que podemos melhorar?"
    save_as: Annotated[str, Meta(title="Save as", pattern=r"^[a-z][a-z0-9_]*$")] = "rating"
    timeout_minutes: Annotated[int, Meta(ge=1, le=525_600, title="Give up after (minutes)")] = 720

    def exits(self) -> list[str]:
        return ["happy", "unhappy", "skipped"]

    def writes(self) -> dict[str, str]:
        return {self.save_as: "number"}

    def templates(self) -> Iterable[tuple[str, Words]]:
        return (("/text", self.text), ("/comment", self.comment))

    def speaks(self) -> bool:
        return True

    def heard(self) -> frozenset[str]:
        return frozenset({"happy"})

    def silence(self) -> dict[str, int]:
        return {"skipped": self.timeout_minutes, "unhappy": self.timeout_minutes}

    def enter(self, run: Run) -> Move:
        run.send(offer(run.text(self.text), _STARS, run.limits, button="Dar nota"))
        return self._listen(run)

    def again(self, run: Run, wait: Wait) -> Move:
        if "score" in run.memory:
            run.send(Text(run.text(self.comment)))
            return self._listen(run)
        return self.enter(run)

    def _listen(self, run: Run) -> Move:
        return listen(run, self.timeout_minutes)

    def resume(self, run: Run, event: AnyEvent) -> Move | None:
        memory = run.memory
        score = memory.get("score")
        match event:
            case TimerFired():
                return Go("skipped") if score is None else self._record(run, score, "")
            case MessageReceived(early=early):
                if score is not None:
                    return self._record(run, score, run.text_said()[:2000])
                return self._rated(run, early)
        return None

    def _rated(self, run: Run, early: bool) -> Move | None:
        last = run.contents[-1]
        score = read_rating(last.id if isinstance(last, Chosen) else run.text_said(), run.local)
        if score is None or not 1 <= score <= 5:
            if early:
                return None
            tries = run.memory["tries"] = run.memory.get("tries", 0) + 1
            return Go("skipped", "not a rating") if tries >= 2 else self.enter(run)
        run.set(self.save_as, score)
        if score >= 4 or not self.comment:
            return self._record(run, score, "")
        run.memory["score"] = score
        run.send(Text(run.text(self.comment)))
        return self._listen(run)

    def _record(self, run: Run, score: int, comment: str) -> Move:
        run.emit(RecordRating(id=run.id(), score=score, comment=comment))
        return Go("happy" if score >= 4 else "unhappy", f"rated {score}")
