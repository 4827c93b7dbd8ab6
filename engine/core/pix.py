"""Pix "copia e cola": the BR Code of a charge, as a text.

A BR Code is EMV MPM: fields of two digits id, two digits length, value; the last is a CRC. Source: Banco Central do
Brasil, "Manual de Padrões para Iniciação do Pix" (static code) and EMVCo QRCPS-MPM 1.1.
"""

from __future__ import annotations

import re
import unicodedata

from engine.core.errors import TramaError

GUI = "br.gov.bcb.pix"
MAX_AMOUNT = 99_999_999_999
_TXID = re.compile(r"[A-Za-z0-9]{1,25}|\*\*\*", re.ASCII)
_KEY = re.compile(r"[\x21-\x7e]{1,77}", re.ASCII)


def brcode(
    key: str, name: str, city: str, *, amount: int | None = None, txid: str = "***", description: str = ""
) -> str:
    """The code for a payment to `key`. `amount` in centavos, None leaves it to the payer; `txid` up to 25 letters and
    digits, "***" for none. Name (25) and city (15) are written without accents and cut, as the standard has it.

    Raises TramaError `pix:key`, `pix:txid`, `pix:amount`, `pix:name` or `pix:city`.
    """
    if not _KEY.fullmatch(key):
        raise TramaError("pix:key", "1 to 77 visible ASCII characters", path="/key")
    if not _TXID.fullmatch(txid):
        raise TramaError("pix:txid", "1 to 25 letters or digits", path="/txid")
    if amount is not None and not 1 <= amount <= MAX_AMOUNT:
        raise TramaError("pix:amount", "centavos, more than nothing", path="/amount")
    payee, place = plain(name, 25), plain(city, 15)
    if not payee or not place:
        slug = "city" if payee else "name"
        raise TramaError(f"pix:{slug}", "needs a letter or digit", path=f"/{slug}")
    room = 99 - len(_field("00", GUI)) - len(_field("01", key)) - 4
    note = plain(description, max(0, min(72, room)))
    account = _field("00", GUI) + _field("01", key) + (_field("02", note) if note else "")
    body = (
        _field("00", "01")
        + _field("26", account)
        + _field("52", "0000")
        + _field("53", "986")
        + (_field("54", f"{amount // 100}.{amount % 100:02}") if amount is not None else "")
        + _field("58", "BR")
        + _field("59", payee)
        + _field("60", place)
        + _field("62", _field("05", txid))
        + "6304"
    )
    return body + f"{crc16(body.encode('ascii')):04X}"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def fields(code: str) -> dict[str, str]:
    """The top-level fields of a BR Code by id. Raises TramaError `pix:format` or `pix:crc`."""
    if not code.isascii() or code[-8:-4] != "6304":
        raise TramaError("pix:format", "not a BR Code")
    if f"{crc16(code[:-4].encode('ascii')):04X}" != code[-4:].upper():
        raise TramaError("pix:crc", "a character is wrong")
    return tlv(code)


def tlv(text: str) -> dict[str, str]:
    """Fields of id, length and value. Raises TramaError `pix:format`."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if len(head) < 4 or not head.isdigit() or at + 4 + int(head[2:]) > len(text):
            raise TramaError("pix:format", f"no field at position {at}")
        end = at + 4 + int(head[2:])
        found[head[:2]] = text[at + 4 : end]
        at = end
    return found


def plain(words: str, limit: int) -> str:
    """`words` in printable ASCII without accents, at most `limit` characters."""
    bare = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in bare).split())[:limit].rstrip()


def _field(ident: str, value: str) -> str:
    return f"{ident}{len(value):02}{value}"
