"""The reference pages and the published schema, made from the code that they describe.

`pages()` gives every generated file as path -> text. `trama docs` writes them, `trama docs --check` (part of
`make check`) fails when one is not what the code says. Examples on the pages are those that run as tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import msgspec

from engine import settings
from engine.core.filters import FILTERS, shown
from engine.core.flow import FORMAT, Document
from engine.core.node import Node
from engine.nodes import registry
from engine.services import permissions

_PAGES = jinja2.Environment(
    loader=jinja2.PackageLoader("engine.services", "pages"),
    autoescape=False,  # noqa: S701  Markdown of our own
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
)
_GROUPS = {
    "talk": "Talk",
    "ask": "Ask",
    "decide": "Decide",
    "think": "Think",
    "do": "Do",
    "wait": "Wait",
    "people": "People",
    "shape": "Shape",
}


def pages() -> dict[Path, str]:
    """All generated files, by their path in the project."""
    return {
        Path("flows/schema/flow.json"): _json(flow_schema()),
        Path("docs/nodes.md"): _PAGES.get_template("nodes.md.j2").render(groups=_node_groups()),
        Path("docs/filters.md"): _PAGES.get_template("filters.md.j2").render(filters=_filters()),
        Path("docs/permissions.md"): _PAGES.get_template("permissions.md.j2").render(
            roles=permissions.ROLES,
            rights=[
                (right, ["✓" if role in held else "" for role in permissions.ROLES])
                for right, held in permissions.RIGHTS.items()
            ],
            screens=permissions.PAGES,
            open_pages=permissions.OPEN_PAGES,
        ),
        Path("docs/settings.md"): _PAGES.get_template("settings.md.j2").render(settings=settings.describe()),
    }


def flow_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a flow document with the node types of this installation."""
    types = list(registry().values())
    (document, *nodes), parts = msgspec.json.schema_components(
        [Document, *types], ref_template="#/$defs/{name}"
    )
    body = parts.pop(document["$ref"].rpartition("/")[2])
    body["properties"]["format"] = {"const": FORMAT, "description": "The format of the document."}
    body["properties"]["nodes"]["items"] = {"anyOf": nodes}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Trama flow",
        **body,
        "$defs": dict(sorted(parts.items())),
    }


def node_schema(kind: str) -> dict[str, Any]:
    """JSON Schema of one node type's settings: what the settings form is made from."""
    return msgspec.json.schema(registry()[kind])


def _node_groups() -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {title: [] for title in _GROUPS.values()}
    for kind, cls in registry().items():
        groups[_GROUPS[cls.palette.group]].append(_node_page(kind, cls))
    return [{"title": title, "nodes": nodes} for title, nodes in groups.items() if nodes]


def _node_page(kind: str, cls: type[Node]) -> dict[str, Any]:
    schema = msgspec.json.schema(cls)
    settings_of = schema["$defs"][cls.__name__]
    required = set(settings_of.get("required", ()))
    rows = []
    for name, field in settings_of["properties"].items():
        if name not in ("type", "id", "label"):
            rows.append(
                {
                    "name": name,
                    "type": _type_name(field),
                    "required": name in required,
                    "default": "" if name in required else _short(field.get("default")),
                    "about": " ".join(filter(None, (field.get("title", ""), field.get("description", "")))),
                }
            )
    module = __import__(cls.__module__, fromlist=["__doc__"])
    inherited = cls.__doc__ in (None, Node.__doc__)
    return {
        "kind": kind,
        "title": cls.palette.title["en"],
        "about": " ".join((module.__doc__ or "").split()),
        "details": "" if inherited else " ".join((cls.__doc__ or "").split()),
        "settings": rows,
        "examples": [
            {
                "name": e.name,
                "node": msgspec.json.format(msgspec.json.encode(e.node), indent=2).decode(),
                "turns": [msgspec.json.encode(turn).decode() for turn in e.turns],
            }
            for e in cls.examples
        ],
    }


def _type_name(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type_name(option) for option in field["anyOf"]))
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "enum" in field:
        return ", ".join(f"`{v}`" for v in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type_name(field.get('items', {}))}"
    return str(field.get("type", "any"))


def _short(value: Any) -> str:
    return "" if value in (None, "", [], {}) else f"`{msgspec.json.encode(value).decode()}`"


def _filters() -> list[dict[str, str]]:
    rows = []
    for f in FILTERS.values():
        value, args, expected = f.example
        call = f.name + (f"({', '.join(msgspec.json.encode(a).decode() for a in args)})" if args else "")
        given = msgspec.json.encode(value).decode()
        rows.append({"call": call, "about": f.summary, "value": given, "result": shown(expected)})
    return rows


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
