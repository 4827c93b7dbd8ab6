"""Node types, one file each, found by looking: a module that defines a `Node` subclass with a tag is enough.

`open_flow` is the only way from a document to a `Flow`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from typing import Any

import msgspec

from engine.core.edit.bounds import LARGEST, MOST
from engine.core.errors import TramaError, pointer
from engine.core.flow import Document, Flow
from engine.core.node import Node, UnknownNode
from engine.core.upgrades import upgrade

READABLE = 6 * LARGEST
"""Bytes that are looked at: the database writes what it keeps with blanks, and its numbers out."""
MOST_NODES = MOST["nodes"]


@lru_cache(maxsize=1)
def registry() -> dict[str, type[Node]]:
    """All node types by their type string, in alphabetical order."""
    found: dict[str, type[Node]] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(importlib.import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Node) and value is not Node:
                tag = value.__struct_config__.tag
                if isinstance(tag, str) and tag != value.__name__:
                    found[tag] = value
    return dict(sorted(found.items()))


def open_node(raw: dict[str, Any], path: str = "") -> Node | UnknownNode:
    """One node from JSON. Errors name the field: `flow:bad-node` at `/nodes/3/text`."""
    kind, ident = raw.get("type"), raw.get("id")
    if not isinstance(ident, str) or not ident:
        raise TramaError("flow:bad-node", "a node wants an id", path=path + "/id")
    if not isinstance(kind, str):
        raise TramaError("flow:bad-node", "a node wants a type", path=path + "/type")
    cls = registry().get(kind)
    if cls is None:
        return UnknownNode(ident, kind, raw)
    try:
        return msgspec.convert(raw, cls)
    except msgspec.ValidationError as error:
        raise _located(error, "flow:bad-node", path) from error


def open_document(data: bytes | str | dict[str, Any]) -> Document:
    """A document of any known format, upgraded to the current one. Nodes are not looked into."""
    if isinstance(data, bytes | str):
        if len(data) > READABLE:
            raise TramaError("flow:too-large", f"a flow has at most {LARGEST} bytes")
        try:
            data = msgspec.json.decode(data)
        except (msgspec.DecodeError, RecursionError) as error:
            raise TramaError("flow:not-json", str(error)) from error
    if not isinstance(data, dict):
        raise TramaError("flow:not-an-object", "a flow is a JSON object")
    try:
        return msgspec.convert(upgrade(data), Document)
    except msgspec.ValidationError as error:
        raise _located(error, "flow:bad-document", "") from error


def open_flow(data: bytes | str | dict[str, Any] | Document, version: int = 0) -> Flow:
    """A flow that can run, from JSON or a document. Unknown node types are kept (`Flow.unknown`)."""
    document = data if isinstance(data, Document) else open_document(data)
    if len(document.nodes) > MOST_NODES:
        raise TramaError("flow:too-large", f"a flow has at most {MOST_NODES} nodes", path="/nodes")
    nodes: dict[str, Any] = {}
    for n, raw in enumerate(document.nodes):
        node = open_node(raw, pointer("nodes", n))
        if node.id in nodes:
            raise TramaError(
                "flow:same-id", f"two nodes are called {node.id!r}", path=pointer("nodes", n, "id")
            )
        nodes[node.id] = node
    return Flow(document, nodes, version)


def _located(error: msgspec.ValidationError, code: str, prefix: str) -> TramaError:
    """msgspec says `… - at `$.rows[0].title``; we say the same as a JSON pointer."""
    text, _, where = str(error).partition(" - at `")
    path = ""
    for part in where.rstrip("`").removeprefix("$").replace("[", ".").replace("]", "").split("."):
        if part:
            path += pointer(part)
    return TramaError(code, text, path=prefix + path)
