"""A visitor of the demonstration: a phone number of their own, and what they do with it, on the stand-in.

Everything goes the way of a real message: the stand-in signs a webhook and posts it to this installation.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from builder_ui.simulator.transcript import Bubble, Option, Transcript
from engine.services import sessions
from engine.services.demo import Demo
from engine.services.runtime import Runtime

LARGEST = 5_000_000
_KINDS = {"image/jpeg": "image", "image/png": "image", "audio/ogg": "audio", "audio/mpeg": "audio"}
_KINDS |= {"audio/mp4": "audio", "video/mp4": "video", "image/webp": "sticker"}


def new_number() -> str:
    """A Brazilian mobile number that no customer in the books has."""
    return f"5511{970000000 + secrets.randbelow(9_999_999)}"


@dataclass
class Visitor:
    """`twice` delivers each webhook again, `shuffled` reports statuses out of order."""

    rt: Runtime
    demo: Demo
    number: str
    name: str
    twice: bool = False
    shuffled: bool = False
    transcript: Transcript = field(init=False)
    conversation: int | None = None

    def __post_init__(self) -> None:
        self.transcript = Transcript(self.number)

    async def says(self, text: str, *, reply_to: str = "") -> str:
        """The message's id once the webhook was answered."""
        return await self.demo.graph.user_says(
            self.number, name=self.name, repeat=self._times, reply_to=reply_to, text=text
        )

    async def chooses(self, bubble: Bubble, option: Option, from_list: bool) -> str:
        """A button pressed, or a row of a list picked."""
        graph, chosen = self.demo.graph, (option.id, option.title)
        if from_list:
            return await graph.user_says(
                self.number, name=self.name, repeat=self._times, reply_to=bubble.id, row=chosen
            )
        return await graph.user_says(
            self.number, name=self.name, repeat=self._times, reply_to=bubble.id, button=chosen
        )

    async def attaches(self, data: bytes, mime: str) -> str:
        """`data` at most `LARGEST` bytes; what is no picture or sound goes as a document."""
        kind = _KINDS.get(mime, "document")
        return await self.demo.graph.user_says(
            self.number, name=self.name, repeat=self._times, media=(kind, data, mime)
        )

    async def is_at(self, latitude: float, longitude: float) -> str:
        return await self.demo.graph.user_says(
            self.number, name=self.name, repeat=self._times, location=(latitude, longitude)
        )

    async def reacts(self, bubble: Bubble, emoji: str) -> str:
        return await self.demo.graph.user_says(
            self.number, name=self.name, repeat=self._times, reaction=(bubble.id, emoji)
        )

    async def find_conversation(self) -> int | None:
        """The id of this visitor's conversation, None before the first message."""
        if self.conversation is None:
            self.conversation = await sessions.conversation_at(
                self.rt, self.demo.tenant, self.demo.whatsapp, self.number
            )
        return self.conversation

    def shuffle(self, on: bool) -> None:
        """Statuses of what this phone gets: read before delivered before sent."""
        self.shuffled = on
        graph = self.demo.graph
        graph.faults[:] = [
            f for f in graph.faults if f.error != "statuses" or f.match.get("to") != self.number
        ]
        if on:
            graph.script(
                "statuses",
                match={"to": self.number},
                times=100_000,
                statuses=["read", "sent", "delivered"],
            )

    def fail_next(self, error: int | str) -> None:
        """The next message to this phone goes wrong."""
        self.demo.graph.script(error, match={"to": self.number})
        # what was planned first wins, so a standing fault has to go behind
        self.demo.graph.faults.sort(key=lambda f: f.times)

    def forgive(self) -> None:
        """No faults on this phone."""
        self.twice = self.shuffled = False
        graph = self.demo.graph
        graph.faults[:] = [f for f in graph.faults if f.match.get("to") != self.number]

    @property
    def planned(self) -> list[str]:
        return [
            str(f.error)
            for f in self.demo.graph.faults
            if f.match.get("to") == self.number and f.error != "statuses"
        ]

    @property
    def _times(self) -> int:
        return 2 if self.twice else 1
