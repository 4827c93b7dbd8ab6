"""Sealed credentials open only where they were sealed for, and only with the right key."""

from __future__ import annotations

import pytest

from engine.core.errors import TramaError
from engine.store.vault import Vault

KEY, OTHER = b"k" * 32, b"o" * 32


def test_a_sealed_value_opens_again() -> None:
    vault = Vault(KEY)
    sealed = vault.seal(b"EAAG-token", tenant=1, field="channel:7")
    assert b"EAAG" not in sealed
    assert vault.open(sealed, tenant=1, field="channel:7") == b"EAAG-token"
    assert sealed != vault.seal(b"EAAG-token", tenant=1, field="channel:7")


@pytest.mark.parametrize(("tenant", "field"), [(2, "channel:7"), (1, "channel:8")])
def test_a_value_copied_elsewhere_does_not_open(tenant: int, field: str) -> None:
    sealed = Vault(KEY).seal(b"x", tenant=1, field="channel:7")
    with pytest.raises(TramaError, match="secret:damaged"):
        Vault(KEY).open(sealed, tenant=tenant, field=field)


def test_keys_can_be_replaced() -> None:
    sealed = Vault(KEY).seal(b"x", tenant=1, field="f")
    with pytest.raises(TramaError, match="secret:unknown-key"):
        Vault(OTHER).open(sealed, tenant=1, field="f")
    assert Vault(OTHER, KEY).open(sealed, tenant=1, field="f") == b"x"


def test_a_changed_byte_is_noticed() -> None:
    sealed = bytearray(Vault(KEY).seal(b"x", tenant=1, field="f"))
    sealed[-1] ^= 1
    with pytest.raises(TramaError, match="secret:damaged"):
        Vault(KEY).open(bytes(sealed), tenant=1, field="f")
