"""Passwords: argon2id hashes, what a new one must be, and ones made up for others.

The rules are those of NIST SP 800-63B: length counts, not the kinds of characters; what everybody guesses first and
what the address says is refused.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from engine.core.errors import TramaError

LEAST = 10
MOST = 1000
_hasher = PasswordHasher()
# Checked when the address is unknown, so that the answer takes as long as for a known one.
NOBODY = _hasher.hash(secrets.token_hex(8))
# Words that common passwords are made of; digits and signs around them do not make them better.
_COMMON = frozenset(
    "123456 1234567 12345678 123456789 1234567890 0123456789 9876543210 111111 000000 abc123 abcdef abcdefghij "
    "password passw0rd senha mudar mudarsenha senhasenha admin administrador administrator qwerty qwertyuiop asdfgh "
    "asdfghjkl zxcvbnm iloveyou teamo teamomuito amor brasil flamengo corinthians palmeiras saopaulo vasco gremio "
    "internacional cruzeiro santos letmein welcome bemvindo football futebol dragon monkey princesa princess master "
    "trama atendimento empresa suporte cobranca jesus jesuscristo deusefiel deus familia felicidade primavera "
    "verao inverno outono segredo secret changeme default teste test user usuario 1q2w3e4r 1q2w3e4r5t 1qaz2wsx "
    "q1w2e3r4 q1w2e3r4t5 zaq12wsx qazwsx trustno1 starwars superman batman pokemon computer internet".split()
)


def check(password: str, email: str = "", *, path: str = "/password") -> None:
    """Raises `people:weak-password` (too short), `people:common-password`, `people:password-is-address`."""
    if len(password) < LEAST:
        raise TramaError("people:weak-password", f"a password has at least {LEAST} characters", path=path)
    if len(password) > MOST:
        raise TramaError("people:long-password", f"a password has at most {MOST} characters", path=path)
    folded = password.casefold()
    address = email.strip().casefold()
    if address and (folded == address or folded == address.partition("@")[0]):
        raise TramaError("people:password-is-address", "the password is the address", path=path)
    core = folded.strip("0123456789!@#$%&*.,-_+=? ")
    repeated = any(
        len(password) >= 2 * n and folded == (folded[:n] * len(folded))[: len(folded)] for n in range(1, 5)
    )
    if folded in _COMMON or core in _COMMON or core == "" or repeated:
        raise TramaError("people:common-password", "this password is guessed among the first", path=path)


def one_time() -> str:
    """A password for somebody else to come in with once: 15 letters and digits that are not mixed up."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))


async def hashed(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, _plain(password))


async def right(stored: str, password: str) -> bool:
    """Whether it is the password of this hash; about 50 ms in a thread, whatever the answer."""
    return await asyncio.to_thread(_verify, stored or NOBODY, password)


def token_hash(token: str) -> bytes:
    """What is kept of a random token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _plain(password: str) -> bytes:
    """One spelling of characters that keyboards write in two ways."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _verify(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, _plain(password))
    except (VerificationError, InvalidHashError):
        return False
