"""Send one or more bubbles and go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.attachment import LocationPart, MediaPart
from engine.core.errors import TramaError
from engine.core.message import Location, Media, Outbound, Text
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class SendMessage(Node, tag="send_message", frozen=True, kw_only=True):
    """Sends, in this order, the text, the further texts, the attachments and the place."""

    palette: ClassVar[Palette] = Palette(
        group="talk",
        icon="chat",
        title={"pt-BR": "Enviar mensagem", "en": "Send message"},
        summary={
            "pt-BR": "Envia texto, imagem, áudio, vídeo, documento ou localização.",
            "en": "Sends text, image, audio, video, document or location.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {"text": ""}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="greet by first name",
            node={"type": "send_message", "id": "hello", "text": "Olá, {{ contact.name | first }}!"},
            world={"contact": {"name": "Maria Silva"}},
            turns=[{"text": "oi", "expect": ["Olá, Maria!"], "exits": ["hello.next"]}],
        ),
        Example(
            name="another text for another channel",
            node={
                "type": "send_message",
                "id": "hello",
                "text": {"default": "Oi!", "webchat": "Oi do site!"},
            },
            world={"channel": "webchat"},
            turns=[{"text": "oi", "expect": ["Oi do site!"]}],
        ),
        Example(
            name="a boleto as document",
            node={
                "type": "send_message",
                "id": "boleto",
                "media": [
                    {
                        "kind": "document",
                        "url": "{{ link }}",
                        "filename": "boleto.pdf",
                        "caption": "Seu boleto",
                    }
                ],
            },
            vars={"link": "https://example.com/boleto.pdf"},
            turns=[{"text": "oi", "expect": ["Seu boleto"], "effects": ["send"]}],
        ),
    )

    text: Annotated[Words, Meta(title="Text", description="What is said; may hold substitutions.")] = ""
    more: Annotated[list[Words], Meta(title="More bubbles", max_length=9)] = []
    media: Annotated[list[MediaPart], Meta(title="Attachments", max_length=10)] = []
    location: Annotated[LocationPart | None, Meta(title="Location")] = None
    preview_url: Annotated[bool, Meta(title="Show link previews")] = False

    def templates(self) -> Iterable[tuple[str, Words]]:
        yield "/text", self.text
        for n, words in enumerate(self.more):
            yield f"/more/{n}", words
        for n, part in enumerate(self.media):
            yield f"/media/{n}/caption", part.caption
            yield f"/media/{n}/url", part.url

    def speaks(self) -> bool:
        return True

    def enter(self, run: Run) -> Move:
        sent = 0
        for content in self._contents(run):
            run.send(content)
            sent += 1
        if not sent:
            raise TramaError(
                "message:empty", "there is nothing to send: the texts came out empty", path="/text"
            )
        return Go("next")

    def _contents(self, run: Run) -> Iterable[Outbound]:
        for words in (self.text, *self.more):
            text = run.text(words)
            if text.strip():
                yield Text(text, preview_url=self.preview_url)
        for part in self.media:
            yield Media(
                kind=part.kind,
                url=run.text(part.url),
                stored=part.stored,
                caption=run.text(part.caption),
                filename=part.filename,
            )
        if self.location is not None:
            place = self.location
            yield Location(place.latitude, place.longitude, place.name, place.address)
