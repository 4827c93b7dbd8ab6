"""Send a charge: a Pix code to copy (with its QR picture where the channel shows one), or a boleto's line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from engine.core.errors import TramaError
from engine.core.message import PixPayment, Text
from engine.core.node import Example, Go, Move, Node, Palette, Words
from engine.core.run import Run


class SendPayment(Node, tag="send_payment", frozen=True, kw_only=True):
    """`code` is the Pix BR Code or the boleto's digits, as an ERP look-up gave it; `amount` is in centavos."""

    palette: ClassVar[Palette] = Palette(
        group="talk",
        icon="pix",
        title={"pt-BR": "Enviar cobrança", "en": "Send payment"},
        summary={
            "pt-BR": "Envia o código Pix com QR, ou a linha digitável do boleto.",
            "en": "Sends the Pix code with its QR, or the boleto's line.",
        },
    )
    starter: ClassVar[dict[str, Any]] = {"text": "", "code": ""}
    examples: ClassVar[Sequence[Example]] = (
        Example(
            name="a Pix charge",
            node={
                "type": "send_payment",
                "id": "pix",
                "text": "Aqui está o seu Pix:",
                "code": "{{ link.pix }}",
                "amount": "{{ link.amount }}",
                "txid": "{{ link.id }}",
            },
            vars={"link": {"pix": "00020126…6304ABCD", "amount": 12345, "id": "pl_1"}},
            turns=[{"text": "oi", "expect": ["Aqui está o seu Pix:"], "exits": ["pix.next"]}],
        ),
        Example(
            name="no code to send",
            node={"type": "send_payment", "id": "pix", "text": "Pix:", "code": "{{ link.pix }}", "amount": 1},
            turns=[{"text": "oi", "exits": ["pix.error"]}],
        ),
    )

    text: Annotated[Words, Meta(title="Text")]
    code: Annotated[str, Meta(title="Code")]
    amount: Annotated[str | int, Meta(title="Amount in centavos")] = 0
    txid: Annotated[str, Meta(title="Identifier (txid)")] = ""
    boleto: Annotated[bool, Meta(title="It is a boleto")] = False

    def exits(self) -> list[str]:
        return ["next", "error"]

    def error_exits(self) -> frozenset[str]:
        return frozenset({"error"})

    def templates(self) -> Iterable[tuple[str, Words]]:
        yield "/text", self.text
        yield "/code", self.code
        if isinstance(self.amount, str):
            yield "/amount", self.amount

    def speaks(self) -> bool:
        return True

    def enter(self, run: Run) -> Move:
        code = run.text(self.code).strip()
        if not code:
            raise TramaError("payment:no-code", "the payment code came out empty", path="/code")
        words = run.text(self.text)
        if self.boleto:
            run.send(Text(words))
            run.send(Text(code))
            return Go("next")
        amount = run.fill(self.amount) if isinstance(self.amount, str) else self.amount
        if isinstance(amount, bool) or not isinstance(amount, int):
            raise TramaError("payment:bad-amount", f"{amount!r} is not a number of centavos", path="/amount")
        run.send(PixPayment(text=words, code=code, amount=amount, txid=run.text(self.txid)))
        return Go("next")
