"""What an installation can be told from outside: each setting declared once, with its name in the environment,
its default, what it is for and an example. The documentation table and every error text are made from that.

Order: environment (`TRAMA_*`), then the TOML file (`TRAMA_CONFIG`, or `./trama.toml` if it is there), then the
default. A wrong value stops the start; nothing is guessed.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from engine.core.errors import TramaError

Parser = Callable[[str], Any]
KEY_BYTES = 32


def _whole(text: str) -> int:
    if not text.strip().lstrip("-").isdecimal():
        raise ValueError("not a whole number")
    return int(text)


def _port(text: str) -> int:
    value = _whole(text)
    if not 0 <= value <= 65535:
        raise ValueError("not between 0 and 65535")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("not a number") from None
    if not 0 <= value <= 60:
        raise ValueError("not between 0 and 60 seconds")
    return value


def _count(text: str) -> int:
    value = _whole(text)
    if not 1 <= value <= 200:
        raise ValueError("not between 1 and 200")
    return value


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _level(text: str) -> str:
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("not one of DEBUG, INFO, WARNING, ERROR")
    return text.upper()


def _flag(text: str) -> bool:
    match text.strip().lower():
        case "1" | "true" | "yes" | "on":
            return True
        case "0" | "false" | "no" | "off" | "":
            return False
        case _:
            raise ValueError("not true or false")


def _scheme(*allowed: str) -> Parser:
    def parse(text: str) -> str:
        if text and urlsplit(text).scheme not in allowed:
            raise ValueError(f"does not start with {' or '.join(s + '://' for s in allowed)}")
        return text.rstrip("/")

    return parse


_HOST_PORT = re.compile(r"^[A-Za-z0-9_.\-\[\]:]+$")


def _hosts(text: str) -> frozenset[str]:
    hosts = [h.strip() for h in text.split(",") if h.strip()]
    for host in hosts:
        if not _HOST_PORT.match(host):
            raise ValueError(f"{host!r} is not a host or host:port")
    return frozenset(hosts)


def _key(text: str) -> bytes:
    if not text:
        return b""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"holds {len(key)} bytes, not {KEY_BYTES}")
    return key


class Declared(NamedTuple):
    """One setting: `field` of `Settings`, `parse` text to value, and what people are told about it."""

    field: str
    parse: Parser
    default: str
    doc: str
    example: str
    secret: bool = False

    @property
    def env(self) -> str:
        return "TRAMA_" + self.field.upper()


DECLARED: tuple[Declared, ...] = (
    Declared("host", str, "127.0.0.1", "Address to listen on.", "0.0.0.0"),  # noqa: S104
    Declared("port", _port, "8000", "Port to listen on; 0 takes a free one.", "8080"),
    Declared("data_dir", _folder, ".trama", "Folder of the embedded database, keys and media.", "/srv/trama"),
    Declared(
        "database_url",
        _scheme("postgresql", "postgres"),
        "",
        "A PostgreSQL server (15 or newer); empty starts the embedded one. The user must be allowed to create "
        "the role that the application works under.",
        "postgresql://trama:secret@db.local:5432/trama",
        True,
    ),
    Declared(
        "queue_url",
        _scheme("redis", "rediss"),
        "",
        "A Redis server for the bell; empty rings over the database.",
        "redis://queue.local:6379/0",
        True,
    ),
    Declared(
        "secret_key",
        _key,
        "",
        "32 random bytes in base64 that encrypt credentials; empty creates `secret.key` in the data folder.",
        "3q2+7w7T0mVh0m1p7bqkqS0mX0m3m1r0pJ8wJq0J9nE=",
        True,
    ),
    Declared(
        "public_url",
        _scheme("http", "https"),
        "",
        "The address under which others reach this installation (webhooks, links).",
        "https://atende.example.com.br",
    ),
    Declared(
        "burst_seconds",
        _seconds,
        "2",
        "How long messages are collected into one turn; channels may differ.",
        "1.5",
    ),
    Declared("log_level", _level, "INFO", "How much is logged.", "DEBUG"),
    Declared(
        "allow_hosts",
        _hosts,
        "",
        "Private hosts (host or host:port, by comma) that calls to other systems may reach all the same.",
        "erp.interno:8080,10.0.0.5",
    ),
    Declared("database_pool", _count, "8", "Connections to the database in each process.", "20"),
    Declared(
        "demo", _flag, "false", "Demo mode: demo people, simulator, a clock that can be advanced.", "true"
    ),
)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force. `secret_key` is empty only before `with_key`. Never logged: it holds secrets."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Path(".trama")
    database_url: str = ""
    queue_url: str = ""
    secret_key: bytes = b""
    public_url: str = ""
    burst_seconds: float = 2.0
    log_level: str = "INFO"
    allow_hosts: frozenset[str] = frozenset()
    database_pool: int = 8
    demo: bool = False

    def __repr__(self) -> str:
        return "Settings(...)"


def load(env: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings. Raises `settings:invalid` with the name, the fault and an example, `settings:unknown`
    for a name that does not exist (a typing error would otherwise go unnoticed), `settings:file`."""
    env = os.environ if env is None else env
    given = _file(env, folder or Path())
    for name, text in env.items():
        if name.startswith("TRAMA_") and name != "TRAMA_CONFIG":
            given[name.removeprefix("TRAMA_").lower()] = text
    declared = {d.field: d for d in DECLARED}
    for name in given:
        if name not in declared:
            raise TramaError(
                "settings:unknown",
                f"there is no setting TRAMA_{name.upper()}; known: {', '.join(d.env for d in DECLARED)}",
                path=f"/{name}",
            )
    values: dict[str, Any] = {}
    for field, one in declared.items():
        text = given.get(field, one.default)
        try:
            values[field] = one.parse(text)
        except ValueError as fault:
            shown = "its value" if one.secret else repr(text)
            raise TramaError(
                "settings:invalid",
                f"{one.env}: {shown}: {fault}; for example {one.example}",
                path=f"/{field}",
            ) from None
    return Settings(**values)


def _file(env: Mapping[str, str], folder: Path) -> dict[str, str]:
    named = env.get("TRAMA_CONFIG", "")
    path = Path(named) if named else folder / "trama.toml"
    if not path.is_file():
        if named:
            raise TramaError("settings:file", f"TRAMA_CONFIG: there is no file {named}")
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise TramaError("settings:file", f"{path}: {fault}") from None
    return {name: _text(value) for name, value in table.items()}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(str(v) for v in value)
    return str(value)


def with_key(settings: Settings) -> Settings:
    """The settings with a secret key: the given one, or the data folder's, made on first use (mode 600)."""
    if settings.secret_key:
        return settings
    path = settings.data_dir / "secret.key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        try:
            key = _key(path.read_text(encoding="ascii").strip())
        except ValueError as fault:
            raise TramaError("settings:invalid", f"{path}: {fault}", path="/secret_key") from None
        if not key:
            raise TramaError("settings:invalid", f"{path} is empty", path="/secret_key") from None
        return msgspec.structs.replace(settings, secret_key=key)
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(key) + b"\n")
    return msgspec.structs.replace(settings, secret_key=key)


def describe() -> list[dict[str, str]]:
    """One row a setting (name, default, what, example), from which docs/settings.md is made."""
    return [
        {"name": d.env, "default": d.default or "(empty)", "what": d.doc, "example": d.example}
        for d in DECLARED
    ]
