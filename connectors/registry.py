"""The channels there are, found by looking into this package: a new channel is a new module and nothing else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from types import MappingProxyType

import connectors
from connectors.contract import Channel
from engine.core.errors import TramaError


@cache
def channels() -> MappingProxyType[str, Channel]:
    """`kind` to channel, for every concrete `Channel` that a module or sub-package of `connectors` exports.

    Raises TramaError `channel:duplicate` when two claim one kind.
    """
    found: dict[str, Channel] = {}
    for info in sorted(pkgutil.iter_modules(connectors.__path__), key=lambda info: info.name):
        if info.name == "fake":
            continue
        module = importlib.import_module(f"{connectors.__name__}.{info.name}")
        for _, value in inspect.getmembers(module, inspect.isclass):
            if not issubclass(value, Channel) or value is Channel or not hasattr(value, "kind"):
                continue
            known = found.setdefault(value.kind, value())
            if type(known) is not value:
                raise TramaError("channel:duplicate", f"{value.kind} is claimed by {type(known)} and {value}")
    return MappingProxyType(found)


def channel(kind: str) -> Channel:
    """The channel of that kind. Raises TramaError `channel:unknown`."""
    try:
        return channels()[kind]
    except KeyError:
        raise TramaError("channel:unknown", f"{kind!r}; there are {', '.join(channels())}") from None
