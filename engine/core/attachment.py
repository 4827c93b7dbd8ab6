"""Attachments as a flow's author writes them: addresses and captions may hold substitutions."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from engine.core.node import Words


class MediaPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An attachment by address (`url`) or by the key of an uploaded file (`stored`)."""

    kind: Literal["image", "audio", "video", "document", "sticker"]
    url: str = ""
    stored: str = ""
    caption: Words = ""
    filename: str = ""


class LocationPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Degrees, WGS 84."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    name: str = ""
    address: str = ""
