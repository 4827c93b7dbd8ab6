"""Channels are found, not listed."""

from __future__ import annotations

import pytest

from connectors.registry import channel, channels
from connectors.whatsapp_cloud import WhatsAppCloud
from engine.core.errors import TramaError


def test_whatsapp_is_found_by_its_kind() -> None:
    assert isinstance(channel("whatsapp_cloud"), WhatsAppCloud)


def test_each_kind_is_its_channels_own() -> None:
    assert {kind: found.kind for kind, found in channels().items()} == {kind: kind for kind in channels()}


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(TramaError, match=r"channel:unknown.*pombo_correio"):
        channel("pombo_correio")
