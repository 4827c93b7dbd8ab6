"""Texts at the border: bounded, and without the one character that a database cannot hold."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

_PLAIN = r"^[^\x00]*$"
Name = Annotated[str, Meta(min_length=1, max_length=120, pattern=_PLAIN)]
Email = Annotated[str, Meta(min_length=3, max_length=320, pattern=_PLAIN)]
Password = Annotated[str, Meta(max_length=1000)]
Code = Annotated[str, Meta(max_length=40, description="Of an authenticator app, or a recovery code")]
Token = Annotated[str, Meta(max_length=4000)]
Language = Literal["pt-BR", "en"]
