"""Credentials at rest: AES-256-GCM with the installation's key, bound to the tenant and field they belong to.

Form: version byte 1, key id (4 bytes, hash of the key), nonce (12), ciphertext with tag. A value that was copied
to another tenant or field does not open. Several keys may be given so that a key can be replaced.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.core.errors import TramaError

_VERSION = b"\x01"


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"trama key id" + key).digest()[:4]


class Vault:
    """Seals with the first key, opens with any of them."""

    def __init__(self, key: bytes, *older: bytes) -> None:
        self._current = _key_id(key)
        self._keys = {_key_id(k): AESGCM(k) for k in (*older, key)}

    def __repr__(self) -> str:
        return f"Vault({len(self._keys)} keys)"

    def seal(self, value: bytes, *, tenant: int, field: str) -> bytes:
        nonce = secrets.token_bytes(12)
        sealed = self._keys[self._current].encrypt(nonce, value, _binding(tenant, field))
        return _VERSION + self._current + nonce + sealed

    def open(self, sealed: bytes, *, tenant: int, field: str) -> bytes:
        """Raises `secret:unknown-key` (another TRAMA_SECRET_KEY sealed it) or `secret:damaged`."""
        if len(sealed) < 33 or sealed[:1] != _VERSION:
            raise TramaError("secret:damaged", f"{field} is not in the form of this version")
        key = self._keys.get(sealed[1:5])
        if key is None:
            raise TramaError("secret:unknown-key", f"{field} was sealed with another TRAMA_SECRET_KEY")
        try:
            return key.decrypt(sealed[5:17], sealed[17:], _binding(tenant, field))
        except InvalidTag:
            raise TramaError("secret:damaged", f"{field} does not belong here or was changed") from None


def _binding(tenant: int, field: str) -> bytes:
    return f"{tenant}:{field}".encode()
