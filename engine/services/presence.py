"""Who has a flow open, what they have selected and which step's form they hold: told to each other, kept nowhere.

Every editor tells its state when it changes and every ten seconds; whoever has not been heard for half a minute is
gone. A newcomer says so, and the others answer.
"""

from __future__ import annotations

import msgspec

from engine.services.live import News
from engine.services.runtime import Runtime

BEAT_SECONDS = 10.0
GONE_SECONDS = 30.0
_SELECTED = 40


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """One open page. `locked` is the step whose form it holds since `locked_at` (seconds of its own clock, used only
    to settle who was first). `gone`: it closes; `hello`: it has just come."""

    editor: str
    name: str
    selection: list[str] = []
    locked: str = ""
    locked_at: float = 0
    gone: bool = False
    hello: bool = False


def tell(rt: Runtime, tenant: int, flow: str, peer: Peer) -> None:
    """Never raises: presence is a courtesy."""
    short = msgspec.structs.replace(peer, name=peer.name[:60], selection=peer.selection[:_SELECTED])
    rt.live.publish(News(kind="flow_presence", tenant=tenant, flow=flow, data=msgspec.to_builtins(short)))


def heard(news: News) -> Peer:
    return msgspec.convert(news.data, Peer)
