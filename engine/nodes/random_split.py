"""Send shares of people different ways (A/B). Sticky: the same contact always goes the same way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from engine.core.node import Example, Go, Move, Node, Palette
from engine.core.run import Run


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    exit: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    weight: Annotated[int, Meta(ge=0, le=10_000)]


class RandomSplit(Node, tag="random_split", frozen=True, kw_only=True):
    """The way is a hash of the contact and the split's `seed` (by default flow and node), not a die: it can be
    replayed, and changing the weights moves as few people as possible."""

    palette: ClassVar[Palette] = Palette(
        group="decide",
        icon="shuffle",
        title={"pt-BR": "Divisão A/B", "en": "A/B split"},
        summary={
            "pt-BR": "Divide os contatos por peso; cada contato segue sempre o mesmo caminho.",
            "en": "Divides contacts by weight; each contact always goes the same way.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {"shares": [{"exit": "a", "weight": 50}, {"exit": "b", "weight": 50}]}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="all weight on one side",
            node={
                "type": "random_split",
                "id": "ab",
                "shares": [{"exit": "a", "weight": 0}, {"exit": "b", "weight": 1}],
            },
            world={"contact": {"id": "42"}},
            turns=[{"text": "oi", "exits": ["ab.b"]}],
        ),
    )

    shares: Annotated[list[Share], Meta(title="Shares", min_length=1, max_length=20)]
    seed: Annotated[
        str, Meta(title="Seed", description="Splits of the same seed draw alike for the same contact.")
    ] = ""

    def exits(self) -> list[str]:
        return [s.exit for s in self.shares]

    def enter(self, run: Run) -> Move:
        total = sum(s.weight for s in self.shares)
        key = f"{self.seed or run.flow.id + '/' + self.id}:{run.world.contact.get('id', '')}"
        point = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") / 2**64 * total
        for share in self.shares:
            point -= share.weight
            if point < 0:
                return Go(share.exit, f"share {share.exit}")
        return Go(self.shares[-1].exit, "last share")
