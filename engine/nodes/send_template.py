"""Send an approved message template: the only thing that reaches a person after 24 hours of silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.attachment import MediaPart
from engine.core.errors import TramaError
from engine.core.message import Media, Template
from engine.core.node import Example, Go, Look, Move, Node, Palette, Problem, Words
from engine.core.run import Run


class SendTemplate(Node, tag="send_template", frozen=True, kw_only=True):
    """`body` fills `{{1}}`, `{{2}}` … of the template in their order; an empty one is refused before it is sent,
    because the channel would refuse it after."""

    palette: ClassVar[Palette] = Palette(
        group="talk",
        icon="verified",
        title={"pt-BR": "Enviar modelo (HSM)", "en": "Send template (HSM)"},
        summary={
            "pt-BR": "Envia um modelo aprovado, também fora da janela de 24 horas.",
            "en": "Sends an approved template, also outside the 24-hour window.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {"name": ""}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="remind of an invoice",
            node={
                "type": "send_template",
                "id": "remind",
                "name": "lembrete_fatura",
                "body": ["{{ contact.name | first }}"],
                "preview": "Olá {{ contact.name | first }}, sua fatura vence amanhã.",
            },
            world={"contact": {"name": "Ana Souza"}},
            turns=[{"text": "oi", "expect": ["Olá Ana, sua fatura vence amanhã."], "exits": ["remind.next"]}],
        ),
        Example(
            name="a parameter that came out empty",
            node={
                "type": "send_template",
                "id": "remind",
                "name": "lembrete_fatura",
                "body": ["{{ missing }}"],
            },
            turns=[{"text": "oi", "exits": ["remind.error"]}],
        ),
    )

    name: Annotated[str, Meta(title="Template", pattern=r"^[a-z0-9_]{1,512}$")]
    language: Annotated[str, Meta(title="Language", pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")] = "pt_BR"
    body: Annotated[list[str], Meta(title="Parameters", max_length=20)] = []
    header: Annotated[MediaPart | None, Meta(title="Header attachment")] = None
    buttons: Annotated[list[str], Meta(title="Button payloads", max_length=10)] = []
    preview: Annotated[Words, Meta(title="What people read")] = ""
    parameters: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(title="Parameters of the approved text")
    ] = None

    def exits(self) -> list[str]:
        return ["next", "error"]

    def error_exits(self) -> frozenset[str]:
        return frozenset({"error"})

    def templates(self) -> Iterable[tuple[str, Words]]:
        for n, words in enumerate(self.body):
            yield f"/body/{n}", words
        yield "/preview", self.preview

    def check(self, look: Look) -> Iterable[Problem]:
        if self.parameters is not None and self.parameters != len(self.body):
            yield Problem(
                code="template:parameters",
                severity="error",
                node=self.id,
                path="/body",
                detail=f"the approved text has {self.parameters} parameters, {len(self.body)} are given",
            )

    def enter(self, run: Run) -> Move:
        body = [run.text(words) for words in self.body]
        for n, value in enumerate(body):
            if not value.strip():
                raise TramaError(
                    "template:empty-parameter", f"parameter {n + 1} came out empty", path=f"/body/{n}"
                )
        header = None
        if self.header is not None:
            header = Media(kind=self.header.kind, url=run.text(self.header.url), stored=self.header.stored)
        run.send(
            Template(
                name=self.name, language=self.language, body=body, header=header, buttons=self.buttons,
                preview=run.text(self.preview),
            )
        )  # fmt: skip
        return Go("next")
